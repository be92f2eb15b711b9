; Makes the installer for Windows from dist\Convscope, with Inno Setup 6: packaging/build.py calls it.
; It has never been run so far.

#ifndef Version
  #error Give the version with /DVersion=…; packaging/build.py does.
#endif

[Setup]
AppId={{0B6C5C0E-5E0D-4E0B-9C62-3C0E3B7E5F0A}
AppName=Convscope
AppVersion={#Version}
AppVerName=Convscope {#Version}
AppPublisher=The Convscope authors
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Convscope
DefaultGroupName=Convscope
DisableProgramGroupPage=yes
; Ordinary people install it for themselves; an administrator may choose to install it for all.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\generated\convscope.ico
UninstallDisplayIcon={app}\Convscope.exe
OutputDir=..\..\dist
OutputBaseFilename=convscope-{#Version}-windows-x86_64-setup
Compression=lzma2/fast
SolidCompression=yes
LZMANumBlockThreads=2
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; Files of an older version would be found by this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\Convscope\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Convscope"; Filename: "{app}\Convscope.exe"
Name: "{autodesktop}\Convscope"; Filename: "{app}\Convscope.exe"; Tasks: desktopicon

[Registry]
; "Open with" on pictures; it never makes itself the program that opens them by default.
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Convscope"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\shell\open\command"; ValueType: string; ValueData: """{app}\Convscope.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".avif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".heic"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".heif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".gif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".bmp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".jp2"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".qoi"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".psd"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\Convscope.exe\SupportedTypes"; ValueType: string; ValueName: ".tga"; ValueData: ""
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\Convscope.exe"; ValueType: string; ValueData: "{app}\Convscope.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\Convscope.exe"; Description: "{cm:LaunchProgram,Convscope}"; Flags: nowait postinstall skipifsilent
