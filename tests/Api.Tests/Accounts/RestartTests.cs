using System.Text.Json.Nodes;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>What has to survive the process that made it, and what holds across replicas.</summary>
public class RestartTests
{
    [Fact]
    public async Task Sessions_and_second_factors_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("telemetrykit-restart-").FullName;
        try
        {
            string email, cookie, secret;
            await using (var first = new FolderServer(folder))
            {
                await first.InitializeAsync();
                using var person = await first.NewPerson().JoinAsync();
                var begun = await person.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
                (email, cookie, secret) = (person.Email, person.SessionToken!, (string)begun["secret"]!);
            }

            // The secret was protected with a key of the first process, which the second process reads from the store.
            await using var second = new FolderServer(folder);
            await second.InitializeAsync();
            using var again = second.NewPerson();
            again.Email = email;
            again.Cookies.SetCookies(second.Server.Url, $"tk_session={cookie}; path=/");
            again.Csrf = (string?)(await again.JsonAsync("/v1/auth/csrf"))["csrf_token"];
            var code = Core.Accounts.Totp.TotpCode.At(TotpTests.FromBase32(secret), second.Time.GetUtcNow());
            await again.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, new JsonObject { ["code"] = code });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class FolderServer(string folder) : AccountServer
    {
        protected override string? Folder => folder;
    }
}
