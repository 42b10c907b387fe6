from matgrad.cli.command_line import main as main, program as program
