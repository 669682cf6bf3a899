using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Links into the dashboard. They begin with the configured address, or the one the server listens on, and never with what a request says of
/// itself: anybody can send a request with another site's name in it, and have the victim mailed a link to that site.
/// </summary>
internal sealed class PublicAddress(ServerSettings settings, ServerAddress server)
{
    /// <summary>A page of the dashboard. The secret travels in the fragment, which browsers keep to themselves: no log and no Referer has it.</summary>
    public async Task<Uri> PageAsync(string page, string? token, CancellationToken cancellationToken)
    {
        var root = settings.Accounts.PublicUrl?.AbsoluteUri ?? await server.UrlAsync(cancellationToken);
        return new Uri($"{root.TrimEnd('/')}/{page}{(token is null ? "" : $"#token={token}")}");
    }
}
