from matgrad.cli.serving.server import page_folder as page_folder, page_server as page_server
