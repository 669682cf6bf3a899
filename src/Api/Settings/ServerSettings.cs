using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Api.Settings;

/// <summary>The validated settings of the server.</summary>
internal sealed record ServerSettings
{
    /// <summary>The default listen address.</summary>
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Full path of the embedded database's folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Npgsql connection string or URL, or <c>null</c> if the embedded database is used.</summary>
    public string? Postgres { get; init; }

    /// <summary>A live or test key to create in the project <c>default</c>, or <c>null</c>.</summary>
    public string? BootstrapKey { get; init; }

    /// <summary>A read key to create in the project <c>default</c>, or <c>null</c>.</summary>
    public string? BootstrapReadKey { get; init; }

    /// <summary>The bearer token of <c>/metrics</c>, or <c>null</c> if only this machine may read them.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>The settings of accounts.</summary>
    public AccountSettings Accounts { get; init; } = new();

    /// <summary>The account at Stripe, or <c>null</c> if there is no billing.</summary>
    public StripeSettings? Stripe { get; init; }

    /// <summary>The operator's texts for visitors.</summary>
    public LegalSettings Legal { get; init; } = new();

    /// <summary>The settings of the cluster.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>The kind of process.</summary>
    public ProcessKind Kind { get; init; }

    /// <summary>The reverse proxies whose forwarding headers are trusted.</summary>
    public TrustedProxies Proxies { get; init; } = TrustedProxies.None;

    /// <summary>Whether the demo project is filled.</summary>
    public bool Demo { get; init; }

    /// <summary>Whether ingest is rehearsed before the server is ready.</summary>
    public bool WarmsUp { get; init; }

    /// <summary>The server's secrets, or <c>null</c> if they are in a file next to <see cref="DataFolder"/>.</summary>
    public ServerSecrets? Secrets { get; init; }

    /// <summary>The options of the store.</summary>
    public StorageOptions Storage => new()
    {
        PostgresConnectionString = Postgres, DataFolder = DataFolder, Secrets = (ISecretSource?)Secrets ?? new SecretFile(DataFolder),
    };

    /// <summary>Reads and validates all settings. If there are faults, the settings must not be used.</summary>
    public static (ServerSettings Value, SettingFaults Faults) Read(
        IConfiguration configuration, CommandLine commandLine, ProcessKind kind = ProcessKind.Server)
    {
        var faults = new SettingFaults();
        if (kind == ProcessKind.Silo && commandLine.Demo)
            faults.Add("A silo has no demo project: --demo is an option of the server.");
        foreach (var fault in commandLine.Faults)
            faults.Add(fault);

        KnownSettings.CheckNames(configuration, faults);
        var postgres = Text(configuration, "TELEMETRYKIT_POSTGRES");
        var accounts = AccountSettings.Read(configuration, faults);
        var settings = new ServerSettings
        {
            Kind = kind,
            Postgres = postgres,
            DataFolder = Path.GetFullPath(Text(configuration, "TELEMETRYKIT_DATA") ?? "data"),
            BootstrapKey = Text(configuration, "TELEMETRYKIT_BOOTSTRAP_KEY"),
            BootstrapReadKey = Text(configuration, "TELEMETRYKIT_BOOTSTRAP_READ_KEY"),
            MetricsToken = Text(configuration, "TELEMETRYKIT_METRICS_TOKEN"),
            Demo = commandLine.Demo,
            WarmsUp = AccountSettings.Switch(configuration, "TELEMETRYKIT_WARM_UP", faults),
            Secrets = SecretSettings.Read(
                configuration,
                postgres is not null ? "TELEMETRYKIT_POSTGRES" : accounts.Hosted ? "TELEMETRYKIT_HOSTED" : null,
                faults),
            Accounts = accounts,
            Stripe = StripeSettings.Read(configuration, accounts.Hosted, faults),
            Legal = LegalSettings.Read(configuration, faults),
            Cluster = ClusterSettings.Read(configuration, kind, postgres is not null, accounts.OperatorToken is not null, faults),
            Proxies = TrustedProxies.Read(configuration, faults),
        };
        if (settings.Postgres is null)
            CheckFolder(settings.DataFolder, faults);
        foreach (var fault in StoreFactory.Validate(settings.Storage))
            faults.Add($"{(settings.Postgres is null ? "TELEMETRYKIT_DATA" : "TELEMETRYKIT_POSTGRES")}: {fault}");
        CheckKey("TELEMETRYKIT_BOOTSTRAP_KEY", settings.BootstrapKey, read: false, faults);
        CheckKey("TELEMETRYKIT_BOOTSTRAP_READ_KEY", settings.BootstrapReadKey, read: true, faults);
        if (settings.MetricsToken is { Length: < 16 })
            faults.Add("TELEMETRYKIT_METRICS_TOKEN is shorter than 16 characters, so it could be guessed.");
        ListenAddresses.Check(configuration, faults);
        return (settings, faults);
    }

    /// <summary>
    /// Returns the trimmed value of a setting, or <c>null</c> if it is not set or empty. Shells and compose files pass variables without a
    /// value as empty text.
    /// </summary>
    public static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } text && text.AsSpan().Trim().Length > 0 ? text.Trim() : null;

    // The folder isn't created here, so that a start with invalid settings leaves nothing behind.
    private static void CheckFolder(string folder, SettingFaults faults)
    {
        try
        {
            var probe = Path.Combine(NearestExisting(folder), $".probe-{Environment.ProcessId}-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            faults.Add($"TELEMETRYKIT_DATA names the folder {folder}, which can't be created or written to: {e.Message}");
        }
    }

    private static string NearestExisting(string folder)
    {
        if (Directory.Exists(folder))
            return folder;
        if (File.Exists(folder) || Path.GetDirectoryName(folder) is not { } parent)
            throw new IOException($"'{folder}' is not a folder.");
        return NearestExisting(parent);
    }

    private static void CheckKey(string name, string? key, bool read, SettingFaults faults)
    {
        if (key is null)
            return;
        if (!ApiKey.TryParse(key, out var kind))
        {
            var prefix = read ? "tk_read_" : "tk_live_ or tk_test_";
            faults.Add($"{name} is not a key: a key is {prefix} followed by {ApiKey.RandomLength} characters of 0-9A-Za-z.");
        }
        else if (kind == KeyKind.Read != read)
        {
            faults.Add(read
                ? $"{name} is a write key, but must be a read key (tk_read_…)."
                : $"{name} is a read key, but must be a write key (tk_live_… or tk_test_…).");
        }
    }
}
