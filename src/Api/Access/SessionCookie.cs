using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Access;

/// <summary>The cookie with the session's token.</summary>
internal sealed class SessionCookie(ServerSettings settings) : HostCookie("tk_session", settings);

/// <summary>
/// A cookie of this host: <c>HttpOnly</c>, <c>SameSite=Lax</c>, and <c>Secure</c> if the server is reached over HTTPS.
/// </summary>
/// <param name="name">The name, which gets a prefix over HTTPS.</param>
/// <param name="settings">The settings.</param>
internal abstract class HostCookie(string name, ServerSettings settings)
{
    // Browsers accept this prefix only with Secure, Path=/ and without Domain, so another subdomain can't set the cookie.
    private const string SecurePrefix = "__Host-";

    /// <summary>Returns the value in a request, or <c>null</c> if there is none.</summary>
    public string? Read(HttpContext http) => http.Request.Cookies[NameFor(http)];

    /// <summary>Sets the cookie.</summary>
    public void Write(HttpContext http, string value, DateTimeOffset expires)
    {
        var options = Options(http);
        options.Expires = expires;
        http.Response.Cookies.Append(NameFor(http), value, options);
    }

    /// <summary>Deletes the cookie.</summary>
    public void Delete(HttpContext http) => http.Response.Cookies.Delete(NameFor(http), Options(http));

    private string NameFor(HttpContext http) => IsSecure(http) ? SecurePrefix + name : name;

    private CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, Secure = IsSecure(http), SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    // A proxy may terminate TLS. The scheme of the public address is used in that case.
    private bool IsSecure(HttpContext http) => http.Request.IsHttps || settings.Accounts.PublicUrl?.Scheme == Uri.UriSchemeHttps;
}
