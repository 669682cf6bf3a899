using System.Text.Json.Nodes;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Sets up a second factor as a person does.</summary>
internal static class SecondFactor
{
    /// <summary>Enables the second factor of a signed-in person.</summary>
    public static async Task<(byte[] Secret, string[] RecoveryCodes)> EnableAsync(Person person, TimeProvider time)
    {
        var begun = await person.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        var secret = TotpTests.FromBase32((string)begun["secret"]!);
        var code = new JsonObject { ["code"] = TotpCode.At(secret, time.GetUtcNow()) };
        var confirmed = await person.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, code);
        person.Csrf = (string?)confirmed["csrf_token"];
        return (secret, [.. confirmed["recovery_codes"]!.AsArray().Select(one => (string)one!)]);
    }
}
