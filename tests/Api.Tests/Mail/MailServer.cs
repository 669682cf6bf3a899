using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>A hosted server whose clock and timers stand still until a test moves them: mail that arrives has waited for nothing.</summary>
internal sealed class MailServer(string? smtp, string? folder = null, string? postgres = null, ManualTime? time = null) : AccountServer
{
    public override ManualTime Time { get; } = time ?? new SteppedTime();

    protected override string? Folder => folder;

    protected override string[] Args =>
    [
        .. base.Args, "--TELEMETRYKIT_MAIL_FROM", "TelemetryKit <from@example.net>",
        .. smtp is null ? (string[])[] : ["--TELEMETRYKIT_SMTP", smtp],
        .. postgres is null ? (string[])[] : ["--TELEMETRYKIT_POSTGRES", postgres],
    ];

    public static async Task<MailServer> StartAsync(
        ScriptedSmtp? smtp = null, string? folder = null, string? postgres = null, ManualTime? time = null)
    {
        var server = new MailServer(smtp?.Url, folder, postgres, time);
        await server.InitializeAsync();
        return server;
    }

    /// <summary>Signs up with an address, which is accepted.</summary>
    public async Task SignUpAsync(string email)
    {
        using var person = NewPerson();
        person.Email = email;
        using var response = await person.SignUpAsync();
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <summary>Asks for the same mail without the work of a sign-up: for tests that need many.</summary>
    public Task AddAsync(string email)
    {
        var pending = new PendingSignUp(email, "Ada", null);
        return Server.Services.GetRequiredService<Outbox>().AddAsync(AccountMails.SignUp(EmailAddress.TryParse(email)!, pending));
    }

    /// <summary>Signs up, follows the link that the mail server has got, and signs in.</summary>
    public async Task<Person> JoinAsync(ScriptedSmtp smtp, string? email = null)
    {
        var person = NewPerson();
        person.Email = email ?? person.Email;
        (await person.SignUpAsync()).EnsureSuccessStatusCode();
        (await person.VerifyAsync((await smtp.MailAsync(person.Email)).Token)).EnsureSuccessStatusCode();
        await person.SignInAsync();
        return person;
    }
}
