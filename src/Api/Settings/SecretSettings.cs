using TelemetryKit.Core.Secrets;

namespace TelemetryKit.Api.Settings;

/// <summary>Reads the settings of the server's secret.</summary>
internal static class SecretSettings
{
    private const string Name = "TELEMETRYKIT_SECRET";
    private const string PreviousName = "TELEMETRYKIT_SECRET_PREVIOUS";
    private const string Advice = "`openssl rand -base64 32` makes a secret.";

    /// <summary>Reads the secrets. Returns <c>null</c> if none is set.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="requiredBy">The setting that requires a secret, or <c>null</c> if none does.</param>
    /// <param name="faults">The faults, to which those of these settings are added.</param>
    public static ServerSecrets? Read(IConfiguration configuration, string? requiredBy, SettingFaults faults)
    {
        var before = faults.Count;
        var (current, previous) = (ReadOne(configuration, Name, faults), ReadOne(configuration, PreviousName, faults));
        if (faults.Count > before)
            return null;
        if (current is not null)
            return new ServerSecrets(current, previous);
        if (previous is not null)
            faults.Add($"{PreviousName} requires {Name}: the secret that replaces it.");
        else if (requiredBy is not null)
        {
            faults.Add(
                $"{requiredBy} requires {Name} or {Name}_FILE, without which a copy of the database would reveal secrets. {Advice} "
                + "Keep a copy of it apart from the backups of the database.");
        }

        return null;
    }

    private static ServerSecret? ReadOne(IConfiguration configuration, string name, SettingFaults faults)
    {
        var (text, file) = (ServerSettings.Text(configuration, name), ServerSettings.Text(configuration, name + "_FILE"));
        if (text is not null && file is not null)
            faults.Add($"{name} and {name}_FILE are both set. Set one of them.");
        if (file is not null)
        {
            name += "_FILE";
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                faults.Add($"{name} names a file that can't be read: {e.Message}");
                return null;
            }
        }

        if (text is null)
            return null;
        var secret = ServerSecret.TryParse(text);
        if (secret is null)
            faults.Add($"{name} is not at least {ServerSecret.MinLength} random characters, so it could be guessed. {Advice}");
        return secret;
    }
}
