using System.CommandLine;
using System.Globalization;
using TelemetryKit.Api.Settings;
using TelemetryKit.Storage;
using TelemetryKit.Storage.Backups;

namespace TelemetryKit.Api.Admin;

/// <summary>The commands <c>TelemetryKit.Api admin backup</c> and <c>restore</c>.</summary>
internal static class BackupCommands
{
    /// <summary>Creates <c>backup</c>.</summary>
    /// <param name="configuration">Reads the settings.</param>
    public static Command Backup(Func<IConfiguration> configuration) => Create(
        configuration,
        "backup",
        "Copies the database to a file, while servers use it. The server's secret isn't in it.",
        "Backed up",
        (backups, file, ct) => backups.BackUpAsync(file, ServerVersion.Text, ct));

    /// <summary>Creates <c>restore</c>.</summary>
    /// <param name="configuration">Reads the settings.</param>
    public static Command Restore(Func<IConfiguration> configuration) => Create(
        configuration,
        "restore",
        "Fills an empty database from a file of backup. No server may be running.",
        "Restored",
        (backups, file, ct) => backups.RestoreAsync(file, ct));

    private static Command Create(
        Func<IConfiguration> configuration,
        string name,
        string description,
        string done,
        Func<IBackups, string, CancellationToken, Task<BackupManifest>> work)
    {
        var file = new Argument<string>("file") { Description = "The path of the file." };
        var command = new Command(name, description) { file };
        command.SetAction((parsed, ct) => RunAsync(
            configuration(), parsed, done, backups => work(backups, parsed.GetValue(file)!, ct)));
        return command;
    }

    private static async Task<int> RunAsync(
        IConfiguration configuration, ParseResult parsed, string done, Func<IBackups, Task<BackupManifest>> work)
    {
        var console = parsed.InvocationConfiguration;
        var (settings, faults) = ServerSettings.Read(configuration, new CommandLine());
        if (faults.Count > 0)
            return faults.Print(console.Error);
        try
        {
            var manifest = await work(StoreFactory.CreateBackups(settings.Storage, TimeProvider.System));
            await console.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{done}: {manifest.Store} with migration {manifest.Schema:D4} as of {manifest.CreatedAt:u}, {manifest.Bytes:N0} bytes."));
            await console.Output.WriteLineAsync(
                "The server's secret isn't in the file. Keep it elsewhere: without it, the database can't be used.");
            return 0;
        }
        catch (BackupException fault)
        {
            await console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }
}
