@echo off
rem Evolo on Windows, on any JDK 25 or later: EVOLO_JAVA_HOME, else JAVA_HOME, else the java on the PATH.
setlocal
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if defined EVOLO_JAVA_HOME set "java=%EVOLO_JAVA_HOME%\bin\java"
set "jars=%~dp0..\lib\*"
if defined EVOLO_JARS set "jars=%jars%;%EVOLO_JARS%"
"%java%" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Dkryo.unsafe=false %EVOLO_JAVA_OPTS% -cp "%jars%" io.evolo.cli.Main %*
exit /b %ERRORLEVEL%
