from matgrad.cli.command_line import main as main, program as program
from matgrad.cli.serve import page_folder as page_folder, page_server as page_server
