using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Creates links to the dashboard. They start with the configured address or the one on which the server listens, never with the host of a
/// request: an attacker could send a request with another host and have a link to it mailed to a victim.
/// </summary>
internal sealed class PublicAddress(ServerSettings settings, ServerAddress server)
{
    /// <summary>
    /// Returns the link to a page of the dashboard. The token is in the fragment, which browsers don't send, so it appears in no log or
    /// Referer.
    /// </summary>
    public async Task<Uri> PageAsync(string page, string? token, CancellationToken cancellationToken)
    {
        var root = settings.Accounts.PublicUrl?.AbsoluteUri ?? await server.UrlAsync(cancellationToken);
        return new Uri($"{root.TrimEnd('/')}/{page}{(token is null ? "" : $"#token={token}")}");
    }
}
