using System.Globalization;
using System.Text;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>A request as it is sent.</summary>
internal sealed record FuzzRequest(ApiOperation Operation, FuzzCaller Caller, string Method, string Target)
{
    private const int Networks = 4;

    /// <summary>Its headers, except those of the content.</summary>
    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>The value of <c>Content-Type</c>, or <c>null</c>.</summary>
    public string? ContentType { get; private set; }

    /// <summary>The value of <c>Content-Encoding</c>, or <c>null</c>.</summary>
    public string? ContentEncoding { get; private set; }

    /// <summary>The body, or <c>null</c>.</summary>
    public byte[]? Body { get; private set; }

    /// <summary>Creates a request of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="world">The callers and what exists.</param>
    /// <param name="values">Creates the values.</param>
    /// <param name="isTame">Whether it has ordinary values only, and a caller that may use the operation.</param>
    /// <param name="random">The source of all choices.</param>
    public static FuzzRequest Create(ApiOperation operation, FuzzWorld world, SchemaValues values, bool isTame, Random random)
    {
        values.IsTame = isTame || random.Next(3) == 0;
        var caller = world.NextCaller(operation, isAny: !isTame && random.Next(2) == 0, random);
        var method = isTame ? operation.Method : random.Next(50) switch
        {
            0 => "HEAD",
            1 => new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW" }[random.Next(8)],
            _ => operation.Method,
        };
        var request = new FuzzRequest(operation, caller, method, TargetOf(operation, caller, values, isTame, random));
        request.AddCredentials(random);
        // Otherwise it comes from the server's machine, which may read metrics.
        if (random.Next(8) > 0)
            request.Headers.Add((AccountServer.SourceHeader, $"198.18.{random.Next(Networks)}.{random.Next(250)}"));
        foreach (var parameter in operation.Parameters.Where(p => (string?)p["in"] == "header" && random.Next(2) == 0))
            request.Headers.Add(((string)parameter["name"]!, values.Text(parameter["schema"], (string)parameter["name"]!)));
        if (operation.Body is not null ? random.Next(40) > 0 : random.Next(40) == 0)
            request.AddBody(values.Json(operation.Body), isTame, random);
        return request;
    }

    /// <summary>Returns the message to send. Its target is not normalized.</summary>
    public HttpRequestMessage ToMessage(Uri server)
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(server.GetLeftPart(UriPartial.Authority) + Target, raw));
        foreach (var (name, value) in Headers.Where(header => header.Value.All(c => c is >= ' ' and <= '~')))
            message.Headers.TryAddWithoutValidation(name, value);
        if (Body is null)
            return message;
        message.Content = new ByteArrayContent(Body);
        if (ContentType is not null)
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        if (ContentEncoding is not null)
            message.Content.Headers.TryAddWithoutValidation("Content-Encoding", ContentEncoding);
        return message;
    }

    /// <summary>Whether its first line is longer than the HTTP server accepts, so that the connection is closed while it is sent.</summary>
    public bool IsTooLong => Target.Length > 8_000;

    /// <summary>Returns everything that the server could repeat in its response.</summary>
    public string Text() => $"{Uri.UnescapeDataString(Target)} {(Body is null ? "" : Encoding.UTF8.GetString(Body))}";

    public override string ToString()
    {
        var text = new StringBuilder($"{Method} {Shortened(Target)} by {Caller.Name}");
        foreach (var (name, value) in Headers)
            text.Append(CultureInfo.InvariantCulture, $"\n    {name}: {Shortened(value)}");
        if (Body is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    {ContentType} {ContentEncoding}");
            text.Append(CultureInfo.InvariantCulture, $"\n    {Shortened(Encoding.UTF8.GetString(Body))}");
        }

        return text.ToString();
    }

    private static string TargetOf(ApiOperation operation, FuzzCaller caller, SchemaValues values, bool isTame, Random random)
    {
        var path = operation.Path;
        // Each filter makes an empty answer more likely.
        var (required, optional) = isTame ? (100, 4) : (92, 20);
        List<string> query = [];
        foreach (var parameter in operation.Parameters)
        {
            var name = (string)parameter["name"]!;
            switch ((string?)parameter["in"])
            {
                case "path":
                    var value = path.StartsWith("/k/", StringComparison.Ordinal) && random.Next(5) > 0
                        ? caller.Bearer ?? "x" : values.Text(parameter["schema"], name);
                    path = path.Replace($"{{{name}}}", InPath(value, random), StringComparison.Ordinal);
                    break;
                case "query" when random.Next(100) <
                    (name is "project" or "tenant" || (bool?)parameter["required"] == true ? required : optional):
                    if ((string?)parameter["schema"]?["type"] == "object")
                        name = "meta." + (random.Next(2) == 0 ? "flags" : HostileValues.Text(random));
                    query.Add($"{HostileValues.Escaped(name)}={HostileValues.Escaped(values.Text(parameter["schema"], name))}");
                    break;
            }
        }

        if (random.Next(30) == 0)
            query.Add($"{HostileValues.Escaped(HostileValues.Text(random))}={HostileValues.Escaped(HostileValues.Text(random))}");
        if (random.Next(40) == 0 && query.Count > 0)
            query.Add(query[0]);
        if (random.Next(40) == 0)
            path += "/";
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private static string InPath(string value, Random random)
    {
        var escaped = HostileValues.Escaped(value);
        return random.Next(4) == 0 ? escaped.Replace("%2F", "/", StringComparison.Ordinal) : escaped;
    }

    private void AddCredentials(Random random)
    {
        if (Caller.Bearer is { } bearer && !Target.StartsWith("/k/", StringComparison.Ordinal))
            Headers.Add(random.Next(6) == 0 ? ("X-Api-Key", bearer) : ("Authorization", $"Bearer {bearer}"));
        if (Caller.Session is not { } session)
            return;
        Headers.Add(("Cookie", $"tk_session={session}"));
        if (random.Next(20) > 0)
            Headers.Add(("X-CSRF-Token", random.Next(20) == 0 ? HostileValues.Text(random) : SecretToken.CsrfOf(session)));
    }

    private void AddBody(string json, bool isTame, Random random)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        if (isTame)
        {
            (ContentType, Body) = ("application/json", utf8);
            return;
        }

        (ContentType, Body) = random.Next(40) switch
        {
            0 => ("application/json", []),
            1 => ("application/json", utf8[..random.Next(utf8.Length)]),
            2 => ("application/json; charset=utf-16", Encoding.Unicode.GetBytes(json)),
            3 => ("text/plain", utf8),
            4 => ("application/x-www-form-urlencoded", "a=b"u8.ToArray()),
            5 => (null, utf8),
            6 => ("application/json", [0xef, 0xbb, 0xbf, .. utf8]),
            7 => ("application/json", [.. utf8, 0xff, 0x00]),
            _ => ("application/json", utf8),
        };
        if (random.Next(60) == 0)
            ContentEncoding = random.Next(2) == 0 ? "gzip" : "br";
    }

    private static string Shortened(string text) =>
        text.Length <= 600 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..600]}… ({text.Length} characters)");
}
