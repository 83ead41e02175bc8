"""The program in a folder that installs without internet, on Windows or Linux. Refuses to know articles and models.

``python -m nlp.bundle --platform windows-x64 -o 速报-Windows`` is run where there is internet, in a checkout; what it
writes is carried to the editor's machine, where 安装 makes the program ready and 速报 opens a window in which it works.
"""
