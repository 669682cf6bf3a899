using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>Addresses, names and passwords in every script: one mailbox is one mailbox, however it is written.</summary>
public class InternationalTests
{
    private const string Ascii = "eve@xn--bcher-kva.example";

    [Fact]
    public async Task A_mailbox_is_invited_once_in_whatever_form_its_address_is_written()
    {
        await using var smtp = new ScriptedSmtp();
        await using var server = await MailServer.StartAsync(smtp);
        using var owner = await server.JoinAsync(smtp);
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        foreach (var form in (string[])
        [
            "eve@bücher.example", "eve@bu\u0308cher.example", "Eve@BÜCHER.example", "eve@xn--bcher-kva.example",
            "eve@XN--Bcher-kva.example", " eve@bücher。example ",
        ])
        {
            var before = smtp.Mails.Count;
            await InviteAsync(owner, tenant, form);
            await Eventually.TrueAsync(() => smtp.Mails.Count > before, $"a mail to {form}");
        }

        Assert.Single((await owner.JsonAsync($"/v1/tenants/{tenant}/invitations"))["invitations"]!.AsArray());
        Assert.All(smtp.Mails.Where(mail => mail.To != owner.Email), mail => Assert.Equal(Ascii, mail.To, ignoreCase: true));

        // The account with one form of the address accepts the invitation to another form.
        using var eve = server.NewPerson();
        eve.Email = "eve@bu\u0308cher.example";
        var invitation = smtp.Mails[^1].Token;
        (await eve.SignUpAsync()).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => smtp.Mails[^1].Text.Contains("/verify#", StringComparison.Ordinal), "the sign-up's mail");
        (await eve.VerifyAsync(smtp.Mails[^1].Token)).EnsureSuccessStatusCode();
        eve.Email = "EVE@xn--bcher-kva.example";
        await eve.SignInAsync();
        await eve.JsonAsync(HttpMethod.Post, "/v1/invitations/accept", 200, new JsonObject { ["token"] = invitation });
    }

    [Fact]
    public async Task A_local_part_composed_or_not_is_one_account()
    {
        await using var server = await MailServer.StartAsync();
        using var person = server.NewPerson();
        person.Email = "jos\u00e9@example.org";
        await person.JoinAsync();
        person.Email = "JOSE\u0301@example.org";
        await person.SignInAsync();
    }

    [Theory]
    [InlineData("Z\u00fcrich ist schön", "Zu\u0308rich ist scho\u0308n")]
    [InlineData("Zu\u0308rich ist scho\u0308n", "Z\u00fcrich ist schön")]
    public async Task A_password_composed_or_not_is_one_password(string set, string typed)
    {
        await using var server = await MailServer.StartAsync();
        using var person = await server.NewPerson().JoinAsync();
        var change = new JsonObject { ["current_password"] = Person.Password, ["password"] = set };
        await person.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, change);
        await person.SignInAsync(typed);
        await person.SignInAsync(set);
    }

    [Theory]
    [InlineData("Zu\u0308rich ist scho\u0308n", "Z\u00fcrich ist sch\u00f6n")]
    [InlineData("Zu\u0308rich ist scho\u0308n", "Zu\u0308rich ist scho\u0308n")]
    [InlineData("Z\u00fcrich ist sch\u00f6n", "Zu\u0308rich ist scho\u0308n")]
    [InlineData("Z\u00fcrich ist scho\u0308n", "Z\u00fcrich ist scho\u0308n")]
    public async Task A_hash_of_an_uncomposed_password_stays_valid_and_is_replaced(string hashed, string typed)
    {
        await using var server = await MailServer.StartAsync();
        using var person = await server.NewPerson().JoinAsync();
        var account = (await server.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(person.Email)!, default))!;
        var hasher = new PasswordHasher<object>();
        Assert.True(await server.Accounts.Accounts.SetPasswordAsync(
            account, hasher.HashPassword(new(), hashed), null, null, server.Time.GetUtcNow(), default));
        await person.SignInAsync(typed);
        var renewed = (await server.Accounts.Accounts.FindAsync(account.Id, default))!;
        Assert.NotEqual(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(new(), renewed.PasswordHash!, typed.Normalize()));
        await (await person.TrySignInAsync("Z\u00fcrich ist schon")).IsProblemAsync(401, "wrong_credentials");
    }

    [Theory]
    [InlineData("ada@my_host.example")]
    [InlineData("ada@xn--zzzzzz99999.example")]
    [InlineData("ada@exa!mple.org")]
    [InlineData("a..da@example.org")]
    [InlineData("ada.@example.org")]
    [InlineData("ada@192.168.1.1")]
    [InlineData("ada\u00a0b@example.org")]
    [InlineData("ada\u200b@example.org")]
    public async Task An_address_that_no_mail_can_be_sent_to_is_refused(string email)
    {
        await using var server = await MailServer.StartAsync();
        using var person = server.NewPerson();
        person.Email = email;
        using var response = await person.SignUpAsync();
        var problem = await response.IsProblemAsync(400, "invalid_parameter");
        Assert.Equal("email", (string?)Assert.Single(problem["errors"]!.AsArray())!["parameter"]);
    }

    [Fact]
    public async Task A_local_part_beyond_ASCII_needs_a_mail_server_that_takes_it_and_is_given_up_at_one_that_does_not()
    {
        await using var smtp = new ScriptedSmtp();
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("josé@bücher.example");
        await server.SignUpAsync("ann@example.org");
        await smtp.MailAsync("ann@example.org");
        Assert.DoesNotContain("josé", string.Join('\n', smtp.Commands));

        smtp.Offers = ["8BITMIME", "SMTPUTF8"];
        server.Time.Advance(TimeSpan.FromHours(2));
        await server.SignUpAsync("josé@bücher.example");
        var mail = await smtp.MailAsync("josé@bücher.example");
        Assert.Contains(smtp.Commands, command => Regex.IsMatch(command, "^MAIL .*SMTPUTF8"));
        Assert.Equal(43, mail.Token.Length);
        Assert.Equal(2, smtp.Mails.Count);
    }

    [Fact]
    public async Task A_link_has_its_own_line_for_any_name_of_the_tenant()
    {
        await using var server = await MailServer.StartAsync();
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        await owner.DoAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}", 204, new JsonObject { ["name"] = "Zoë tools" });
        await InviteAsync(owner, tenant, "bob@example.org");
        var mail = await server.MailAsync("invitation", "bob@example.org");
        Assert.Matches("\r\nhttp://telemetry\\.example\\.org/invitation#token=[A-Za-z0-9_-]{43}\r\n", mail);
        Assert.Contains("Zoë tools", mail);
        // As a name: the characters of a short one are also in some random boundaries.
        const string Other = "[A-Za-z0-9+/=_-]";
        Assert.DoesNotMatch($"(?<!{Other}){Regex.Escape(Environment.MachineName)}(?!{Other})", mail.Split("\r\n\r\n")[0]);

        // The file can be opened as a message.
        var file = Directory.GetFiles(Path.Combine(server.Server.Folder, MailSetup.Folder), "*-invitation-*.eml").Single();
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == OwnerOnly, "only its owner reads it");
        Assert.DoesNotContain('\uFEFF', Encoding.UTF8.GetString(File.ReadAllBytes(file)));
    }

    private static Task<JsonObject> InviteAsync(Person owner, Guid tenant, string email)
    {
        var invitation = new JsonObject { ["email"] = email, ["role"] = "member" };
        return owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invitation);
    }
}
