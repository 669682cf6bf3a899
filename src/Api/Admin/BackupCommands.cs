using System.CommandLine;
using System.Globalization;
using TelemetryKit.Api.Settings;
using TelemetryKit.Storage;
using TelemetryKit.Storage.Backups;

namespace TelemetryKit.Api.Admin;

/// <summary>The commands <c>TelemetryKit.Api admin backup</c> and <c>restore</c>.</summary>
internal static class BackupCommands
{
    /// <summary>Creates the commands.</summary>
    /// <param name="configuration">Reads the settings.</param>
    public static IEnumerable<Command> Create(Func<IConfiguration> configuration)
    {
        var file = new Argument<string>("file") { Description = "The path of the file." };
        var backup = new Command("backup", "Copies the database to a file, while servers use it. The server's secret isn't in it.")
        {
            file,
        };
        backup.SetAction((parsed, ct) => RunAsync(
            configuration(), parsed, "Backed up", backups => backups.BackUpAsync(parsed.GetValue(file)!, ServerVersion.Text, ct)));
        var restore = new Command("restore", "Fills an empty database from a file of backup. No server may be running.") { file };
        restore.SetAction((parsed, ct) => RunAsync(
            configuration(), parsed, "Restored", backups => backups.RestoreAsync(parsed.GetValue(file)!, ct)));
        return [backup, restore];
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
