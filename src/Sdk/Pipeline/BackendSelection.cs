using TelemetryKit.Backends;
using TelemetryKit.Context;
using TelemetryKit.Options;

namespace TelemetryKit.Pipeline;

/// <summary>
/// Selects the backends of a client: those from the environment, otherwise from the options, otherwise the TelemetryKit server.
/// </summary>
internal static class BackendSelection
{
    public static ITelemetryBackend[] Select(OptionValues options, Host host, Switches switches, VerboseLog log)
    {
        var selected = SelectAny(options, host, switches, log);
        if (options.HttpHandler is null && options.Proxy is null)
            return selected;
        var sender = new HttpSender(options.HttpHandler, options.Proxy);
        foreach (var backend in selected)
        {
            if (backend is IHttpBackend http)
                http.Sender = sender;
        }

        return selected;
    }

    private static ITelemetryBackend[] SelectAny(OptionValues options, Host host, Switches switches, VerboseLog log)
    {
        if (switches.Debug)
            return [new ConsoleBackend(host.Error)];
        if (host.Variable("TELEMETRYKIT_BACKEND") is { } names && Named(names, options, host, log) is { Length: > 0 } named)
            return named;
        return options.Backends is { Count: > 0 } ? Chosen(options.Backends) : [Default(options, host, log)];
    }

    private static ITelemetryBackend[] Named(string names, OptionValues options, Host host, VerboseLog log)
    {
        var named = new List<ITelemetryBackend>();
        foreach (var name in names.Split(','))
        {
            if (Create(name.Trim(), options, host, log) is { } backend)
                named.Add(backend);
            else
                log.Write("the backend \"" + name.Trim() + "\" is unknown or its address is invalid");
        }

        return named.ToArray();
    }

    private static ITelemetryBackend[] Chosen(IList<ITelemetryBackend> backends)
    {
        var chosen = new ITelemetryBackend[backends.Count];
        backends.CopyTo(chosen, 0);
        return chosen;
    }

    private static ITelemetryBackend? Create(string name, OptionValues options, Host host, VerboseLog log) => name.ToLowerInvariant() switch
    {
        "telemetrykit" => Default(options, host, log),
        "otlp" => Address(options, host, "http://localhost:4318") is { } address ? new OtlpBackend(address) : null,
        "clickhouse" => Address(options, host, "http://localhost:8123") is { } address ? new ClickHouseBackend(address) : null,
        "console" => new ConsoleBackend(host.Error),
        _ => null,
    };

    private static TelemetryKitBackend Default(OptionValues options, Host host, VerboseLog log)
    {
        var key = host.Variable("TELEMETRYKIT_KEY");
        var backend = new TelemetryKitBackend(
            Endpoint(options, host), string.IsNullOrWhiteSpace(key) ? options.Key ?? "" : key!, options.CompressAbove, host.Clock);
        if (backend.Fault is { } fault)
            log.Write("nothing is sent: " + fault);
        return backend;
    }

    private static Uri? Address(OptionValues options, Host host, string defaultAddress) =>
        Uri.TryCreate(Endpoint(options, host) ?? defaultAddress, UriKind.Absolute, out var address) ? address : null;

    // A string, because only runs that send something should have to load the code for Uri.
    private static string? Endpoint(OptionValues options, Host host)
    {
        var variable = host.Variable("TELEMETRYKIT_ENDPOINT");
        return !string.IsNullOrWhiteSpace(variable) ? variable!.Trim() : options.Endpoint;
    }
}
