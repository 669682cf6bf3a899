namespace TelemetryKit.Sdk.Library;

/// <summary>A library that records how it is used.</summary>
public static class Library
{
    /// <summary>Records a command, a method and an error with a client of its own.</summary>
    /// <returns>Whether everything was sent.</returns>
    public static async Task<bool> UseAsync(Uri endpoint, string key, string directory)
    {
        await using var telemetry = TelemetryKitClient.Create("my-library", key, options =>
        {
            options.Endpoint = endpoint;
            options.Directory = directory;
            options.Consent = ConsentMode.HostDecides;
            options.Timeout = TimeSpan.FromMinutes(1);
        });
        telemetry.Consent.Grant();
        var exitCode = await telemetry.RunAsync(
            "build", async command =>
            {
                await Task.Yield();
                command.With("files", 3);
                return 2;
            }).ConfigureAwait(false);
        telemetry.TrackMethod("Parse", TimeSpan.FromMilliseconds(exitCode), success: true, new() { ["kind"] = "json" });
        telemetry.TrackError(new InvalidOperationException("not recorded"));
        return await telemetry.FlushAsync().ConfigureAwait(false);
    }
}
