using System.Diagnostics;
using TelemetryKit.Support;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>A server as a process, with a new database.</summary>
public sealed class Site : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-browser-").FullName;

    private Site(string storage, string? postgres, bool hosted, string[] arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_DATA"] = _folder, ["TELEMETRYKIT_POSTGRES"] = postgres, ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
        };
        Server = ServerProcess.Create(_folder, environment, arguments);
        if (hosted)
        {
            environment["TELEMETRYKIT_HOSTED"] = "true";
            environment["TELEMETRYKIT_PUBLIC_URL"] = Server.Address.ToString();
        }

        Storage = storage;
    }

    /// <summary>The server.</summary>
    public ServerProcess Server { get; }

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string Storage { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="storage"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="hosted">Whether everyone may sign up.</param>
    /// <param name="arguments">Arguments of the server.</param>
    public static async Task<Site> StartAsync(string storage, bool hosted, params string[] arguments)
    {
        Assert.SkipWhen(storage == "postgres" && PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var postgres = storage == "postgres" ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : null;
        var site = new Site(storage, postgres, hosted, arguments);
        await site.Server.StartAsync();
        return site;
    }

    /// <summary>Waits for a mail with a link to a page, and returns the link.</summary>
    public Task<string> MailedLinkAsync(string page) => UntilAsync(() =>
    {
        var folder = Path.Combine(_folder, "mail");
        var mails = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Reverse() : [];
        return mails.Select(mail => LinkIn(File.ReadAllText(mail), page)).FirstOrDefault(link => link is not null);
    });

    /// <summary>Waits for a link to a page on the console, and returns it.</summary>
    public Task<string> PrintedLinkAsync(string page) => UntilAsync(() => LinkIn(Server.Output, page));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string? LinkIn(string text, string page)
    {
        var start = text.LastIndexOf($"{Server.Address}{page}", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var end = text.IndexOfAny([' ', '\r', '\n', '"', '<', '>'], start);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static async Task<string> UntilAsync(Func<string?> find)
    {
        // Long enough for the slowest machine. A test that fails waits for it, and no other.
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(5);)
        {
            if (find() is { } found)
                return found;
            await Task.Delay(100);
        }

        throw new TimeoutException("The link didn't appear within five minutes.");
    }
}
