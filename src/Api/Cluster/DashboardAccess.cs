using System.Net.Http.Headers;
using System.Text;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Api.Cluster;

/// <summary>The access to the Orleans Dashboard: HTTP Basic with the operator's token as the password, of any user name.</summary>
internal static class DashboardAccess
{
    /// <summary>Returns whether the request has the token. If not, writes a response with status 401.</summary>
    public static async Task<bool> CheckAsync(HttpContext http, string token)
    {
        if (PasswordOf(http.Request) is { } password && SecretToken.Same(password, token))
            return true;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"Orleans Dashboard\", charset=\"UTF-8\"";
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await http.Response.WriteAsync("The dashboard requires the operator's token as the password.");
        return false;
    }

    private static string? PasswordOf(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { } parameter)
            return null;
        Span<byte> bytes = stackalloc byte[512];
        if (parameter.Length > 512 || !Convert.TryFromBase64String(parameter, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[(colon + 1)..] : null;
    }
}
