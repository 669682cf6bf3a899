using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Access;

/// <summary>The cookie that has a session's token. Scripts can't read it, other sites can't make it travel with a form, and over HTTPS it never travels without.</summary>
internal sealed class SessionCookie(ServerSettings settings)
{
    private const string Name = "tk_session";

    // Browsers take this name only with Secure, Path=/ and from the very host: no neighbouring subdomain can plant one.
    private const string SecureName = "__Host-tk_session";

    /// <summary>The token that a request carries; <c>null</c> where there is none.</summary>
    public string? Read(HttpContext http) => http.Request.Cookies[NameFor(http)];

    /// <summary>Hands a token out.</summary>
    public void Write(HttpContext http, string token, DateTimeOffset expires)
    {
        var options = Options(http);
        options.Expires = expires;
        http.Response.Cookies.Append(NameFor(http), token, options);
    }

    /// <summary>Takes it away.</summary>
    public void Delete(HttpContext http) => http.Response.Cookies.Delete(NameFor(http), Options(http));

    private string NameFor(HttpContext http) => IsSecure(http) ? SecureName : Name;

    private CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, Secure = IsSecure(http), SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    // A proxy in front may end TLS; then the public address says it.
    private bool IsSecure(HttpContext http) => http.Request.IsHttps || settings.Accounts.PublicUrl?.Scheme == Uri.UriSchemeHttps;
}
