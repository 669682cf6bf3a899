using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Api.Accounts.Github;

/// <summary>The options of the sign-in with GitHub.</summary>
internal sealed class GithubOptions : OAuthOptions
{
    /// <summary>The absolute address of the callback.</summary>
    public string RedirectUri { get; set; } = "";
}

/// <summary>
/// The OAuth handler, with a callback at the configured public address. The framework would use the host of the request, which a client
/// can choose, and the scheme behind a proxy.
/// </summary>
internal sealed class GithubHandler(IOptionsMonitor<GithubOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<GithubOptions>(options, logger, encoder)
{
    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri) =>
        base.BuildChallengeUrl(properties, Options.RedirectUri);

    protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context) =>
        base.ExchangeCodeAsync(new OAuthCodeExchangeContext(context.Properties, context.Code, Options.RedirectUri));
}
