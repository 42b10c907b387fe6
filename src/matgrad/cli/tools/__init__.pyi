from matgrad.cli.tools.protocol import serve as serve
