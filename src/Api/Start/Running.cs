using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Start;

/// <summary>Runs the server from its start to its end, and says how it ended.</summary>
internal static class Running
{
    /// <summary>Runs it. Answers the exit code; what went wrong is a sentence on <paramref name="errors"/>, not a stack trace.</summary>
    public static async Task<int> RunToEndAsync(this WebApplication app, TextWriter errors)
    {
        var startFaults = app.Services.GetRequiredService<StartFaults>();
        try
        {
            await app.StartAsync();
            await app.WaitForShutdownAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            var faults = new SettingFaults();
            faults.Add(e.InnerException is AddressInUseException
                ? $"{e.Message} Stop what listens there, or choose another address with --urls."
                : $"The server can't listen: {e.Message}");
            return faults.Print(errors);
        }
        catch (OperationCanceledException) when (startFaults.Fault is not null)
        {
            // The start sequence gave up before the server listened.
        }

        if (startFaults.Fault is not { } fault)
            return 0;
        await errors.WriteLineAsync("TelemetryKit did not start: " + fault.Sentence);
        return fault.IsSetting ? SettingFaults.ExitCode : 1;
    }
}
