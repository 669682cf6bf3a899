using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>What tests of links to mailboxes do again and again.</summary>
public abstract class AddressTests(AccountServer server)
{
    protected AccountServer Server { get; } = server;

    protected static string NewAddress() => $"{Guid.NewGuid():N}@example.org";

    protected static JsonObject Link(string token, string? password = null)
    {
        var body = new JsonObject { ["token"] = token };
        if (password is not null)
            body["password"] = password;
        return body;
    }

    /// <summary>A code of the secret that an answer has.</summary>
    protected JsonObject Code(JsonObject begun) =>
        new() { ["code"] = TotpCode.At(TotpTests.FromBase32((string)begun["secret"]!), Server.Time.GetUtcNow()) };

    /// <summary>Asks for a link that sets a password; returns the body that follows it.</summary>
    protected async Task<JsonObject> ForgetAsync(string email, int mails = 1)
    {
        using var forgetful = Server.NewPerson();
        await forgetful.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = email });
        await Eventually.TrueAsync(() => Server.MailsTo(email, "password-reset").Count == mails, "the mail");
        return Link(await Server.LinkAsync("password-reset", email), "a passphrase by a link");
    }

    /// <summary>Changes the address, all the way.</summary>
    protected async Task ChangeAsync(Person person, string email)
    {
        await person.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(await RequestAsync(person, email)));
        person.Email = email;
    }

    /// <summary>Asks for another address; returns the token of the link that goes there.</summary>
    protected async Task<string> RequestAsync(Person person, string email)
    {
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = email, ["password"] = Person.Password });
        return await Server.LinkAsync("email-change", email);
    }
}
