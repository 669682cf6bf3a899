using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using TelemetryKit.Api.Cluster;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Start;

/// <summary>Runs the server until it stops.</summary>
internal static class HostRunner
{
    /// <summary>
    /// Runs the server and returns the exit code. A failed start is reported on <paramref name="errors"/> as a sentence without a stack
    /// trace.
    /// </summary>
    public static async Task<int> RunToEndAsync(this WebApplication app, TextWriter errors)
    {
        var startFaults = app.Services.GetRequiredService<StartFaults>();
        try
        {
            await app.StartAsync();
            await app.WaitForShutdownAsync();
        }
        catch (Exception e) when (IsOfListening(e))
        {
            var (faults, urls) = (new SettingFaults(), app.Configuration["urls"]);
            faults.Add(e.InnerException is AddressInUseException
                ? $"{e.Message} Stop the process that uses it, or set another address with --urls."
                : $"The server can't listen{(string.IsNullOrEmpty(urls) ? "" : $" on {urls}")}: {e.Message.Split('\n')[0].TrimEnd()}");
            return faults.Print(errors);
        }
        catch (OperationCanceledException) when (startFaults.Fault is not null)
        {
            // The start sequence failed before the server listened.
        }

        if (app.Services.GetRequiredService<SiloFault>().Reason is { } reason)
        {
            await errors.WriteLineAsync("TelemetryKit stopped: " + reason);
            return 1;
        }

        if (startFaults.Fault is not { } fault)
            return 0;
        await errors.WriteLineAsync("TelemetryKit did not start: " + fault.Sentence);
        return fault.IsSetting ? SettingFaults.ExitCode : 1;
    }

    // Kestrel throws InvalidOperationException if an https address has no certificate.
    private static bool IsOfListening(Exception fault) => fault is IOException or SocketException or CryptographicException
        || (fault is InvalidOperationException && fault.Source?.Contains("Kestrel", StringComparison.Ordinal) == true);
}
