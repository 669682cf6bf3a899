using System.CommandLine;
using System.Net.Security;
using System.Text.Json;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// The command <c>TelemetryKit.Api health</c>, for health checks of containers without a shell: requests <c>/health/ready</c> of the server
/// that runs on this machine with the same settings.
/// </summary>
internal static class HealthCommand
{
    // Longer than the server's own check of its store, shorter than the time-out of the Dockerfile's HEALTHCHECK.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Creates the command.</summary>
    /// <param name="configuration">Reads the settings; the command line overrides the environment.</param>
    public static Command Create(Func<CommandLine, IConfiguration> configuration)
    {
        var live = new Option<bool>("--live") { Description = "Request /health/live instead: whether the process runs at all." };
        var urls = new Option<string?>("--urls") { Description = "The server's --urls, if it was started with them.", HelpName = "URLS" };
        var command = new Command("health", "Exits with 0 if the server on this machine is ready, otherwise with 1 and the reason.")
        {
            live, urls,
        };
        command.SetAction((parsed, ct) =>
        {
            string[] rest = parsed.GetValue(urls) is { } value ? [$"--urls={value}"] : [];
            var settings = configuration(new CommandLine { Rest = rest });
            return RunAsync(settings, parsed.GetValue(live) ? "/health/live" : "/health/ready", parsed.InvocationConfiguration, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        IConfiguration settings, string path, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        SettingFaults faults = new();
        ListenAddresses.Check(settings, faults);
        var fault = faults.Count > 0 ? faults.Sentences[0] : await FaultOfAsync(settings, path, cancellationToken);
        await (fault is null ? console.Output : console.Error).WriteLineAsync(fault ?? "ok");
        return fault is null ? 0 : 1;
    }

    private static async Task<string?> FaultOfAsync(IConfiguration settings, string path, CancellationToken cancellationToken)
    {
        var address = ListenAddresses.Reachable(ListenAddresses.Of(settings));
        if (!Uri.TryCreate(address + path, UriKind.Absolute, out var url) || url.Port == 0)
            return $"The address {address} can't be requested: health needs a host and a port that isn't 0.";
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        // The certificate has the public name, and the request goes to this machine.
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        using var http = new HttpClient(handler) { Timeout = Timeout };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Host = AllowedHost(settings);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return null;
            var detail = Detail(await response.Content.ReadAsStringAsync(cancellationToken));
            return $"{url} returned {(int)response.StatusCode}{(detail is null ? "." : ": " + detail)}";
        }
        catch (HttpRequestException e)
        {
            return $"{url} can't be reached: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{url} did not respond within {Timeout.TotalSeconds} seconds.";
        }
    }

    // A server with AllowedHosts refuses requests for localhost.
    private static string? AllowedHost(IConfiguration settings)
    {
        var first = (settings["AllowedHosts"] ?? "*").Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("*");
        return first is "*" or "+" or "[::]" ? null : first.Replace("*.", "health.", StringComparison.Ordinal);
    }

    private static string? Detail(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            // Another program listens there.
            return null;
        }
    }
}
