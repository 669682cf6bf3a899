using TelemetryKit.Context;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A host with a temporary home directory, and with variables, a clock and a terminal that tests control.</summary>
internal sealed class TestHost : Host, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("tk-sdk-").FullName;

    public TestHost(params (string Name, string Value)[] variables)
    {
        foreach (var (name, value) in variables)
            Variables[name] = value;
        Clock = Time;
    }

    public AdjustableClock Time { get; } = new();

    public Dictionary<string, string> Variables { get; } = [];

    public StringWriter Written { get; } = new();

    public string Typed { get; set; } = "";

    public bool Interactive { get; set; }

    public bool HasHome { get; set; } = true;

    public string Root => Path.Combine(_home, ".telemetry-kit");

    public string[] Arguments { get; set; } = [];

    public override string[] CommandLine => ["my-cli", .. Arguments];

    public override TextWriter Error => Written;

    /// <summary>How long the last question waited.</summary>
    public TimeSpan Patience { get; private set; }

    public override string? ReadLine(TimeSpan timeout)
    {
        Patience = timeout;
        return (_input ??= new StringReader(Typed)).ReadLine();
    }

    public override bool IsInteractive => Interactive;

    public bool Terminal { get; set; }

    public override bool IsTerminal => Terminal;

    /// <summary>Files outside of the home directory that exist.</summary>
    public HashSet<string> OtherFiles { get; } = [];

    public override bool FileExists(string path) => OtherFiles.Contains(path);

    public override bool IsContainer => false;

    public override string? WorkingFolder => Folder;

    /// <summary>The working folder, in which tests may create files.</summary>
    public string Folder => Directory.CreateDirectory(Path.Combine(_home, "work", "repository", "folder")).FullName;

    /// <summary>The folder of the file with which an administrator disables telemetry.</summary>
    public string MachineFolder { get => field ?? _home; set; }

    public override string MachineFile => Path.Combine(MachineFolder, "machine-config");

    public override string? Home => HasHome ? _home : null;

    private StringReader? _input;

    public override string? Variable(string name) => Variables.GetValueOrDefault(name);

    public string[] Files(string pattern = "*") =>
        Directory.Exists(Root) ? Directory.GetFiles(Root, pattern, SearchOption.AllDirectories) : [];

    public void Dispose()
    {
        // A disposed client may still be sending and write to its directory.
        Clients.Until(() =>
        {
            try
            {
                Directory.Delete(_home, recursive: true);
                return true;
            }
            catch (IOException)
            {
                return !Directory.Exists(_home);
            }
        });
    }
}
