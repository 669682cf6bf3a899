using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Accounts.SignIn;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Github;

/// <summary>Signing in through GitHub, by ASP.NET's OAuth handler. GitHub says who it is; the session, its second factor and its cookie are ours, as after a password.</summary>
internal sealed partial class GithubSignIn(
    IAccountStore store, Admissions admissions, SessionStarter sessions, Outbox outbox, TimeProvider time,
    ILogger<GithubSignIn> log)
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "GitHub";

    private const string IdClaim = ClaimTypes.NameIdentifier;
    private const string PasswordIsVoid =
        "Your account signs in through GitHub now, and its former password works no longer. You can set a new one.";

    /// <summary>Asks GitHub who the token belongs to. Only an address that GitHub has verified, and that is the primary one, counts.</summary>
    public static async Task ReadAccountAsync(OAuthCreatingTicketContext context)
    {
        using var user = await GetAsync(context, context.Options.UserInformationEndpoint);
        using var emails = await GetAsync(context, context.Options.UserInformationEndpoint + "/emails");
        var email = emails.RootElement.EnumerateArray().FirstOrDefault(one => one.GetProperty("primary").GetBoolean() && one.GetProperty("verified").GetBoolean());
        if (email.ValueKind != JsonValueKind.Object)
            throw new AuthenticationFailureException("The GitHub account has no verified primary address.");
        var login = user.RootElement.GetProperty("login").GetString()!;
        var name = user.RootElement.TryGetProperty("name", out var full) && full.GetString() is { Length: > 0 } text ? text : login;
        context.Identity!.AddClaim(new Claim(IdClaim, user.RootElement.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        context.Identity.AddClaim(new Claim(ClaimTypes.Email, email.GetProperty("email").GetString()!));
        context.Identity.AddClaim(new Claim(ClaimTypes.Name, DisplayName.TryParse(name) ?? login));
    }

    /// <summary>Signs the person in and sends their browser to the dashboard; the account is made, or linked, where there is none yet.</summary>
    public async Task FinishAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        context.HandleResponse();
        var account = await FindOrMakeAsync(context.Principal!, http.RequestAborted);
        if (account is null)
        {
            http.Response.Redirect("/sign-in#error=sign_up_closed");
            return;
        }

        var awaits = await SignInHandlers.HasSecondFactorAsync(store, account.Id, http.RequestAborted);
        var begun = await sessions.BeginAsync(http, account, awaits) is not null;
        http.Response.Redirect(!begun ? "/sign-in#error=github" : awaits ? "/sign-in#second-factor" : "/");
    }

    /// <summary>Sends a browser that came back without a sign-in to the dashboard.</summary>
    public Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        LogFailed(log, context.Failure);
        context.Response.Redirect("/sign-in#error=github");
        return Task.CompletedTask;
    }

    private async Task<Account?> FindOrMakeAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var githubId = long.Parse(person.FindFirstValue(IdClaim)!, System.Globalization.CultureInfo.InvariantCulture);
        if (await store.Accounts.FindByGithubAsync(githubId, cancellationToken) is { } linked)
            return linked;
        if (EmailAddress.TryParse(person.FindFirstValue(ClaimTypes.Email)) is not { } email)
            return null;

        // GitHub has proved the address, as a link in a mail would: whoever has it can reset the password too, so the account is theirs.
        if (await store.Accounts.FindByEmailAsync(email, cancellationToken) is { } known)
            return await LinkAsync(known, githubId, cancellationToken);

        var (now, name) = (time.GetUtcNow(), person.FindFirstValue(ClaimTypes.Name)!);
        if (await admissions.FindAsync(email, name, invitation: null, cancellationToken) is not { } admission)
            return null;
        var account = new Account { Id = Guid.CreateVersion7(now), Email = email.Text, Name = name, GithubId = githubId, CreatedAt = now };
        return await store.Accounts.CreateAsync(account, admission, cancellationToken) == SignUpOutcome.Created ? account : null;
    }

    private async Task<Account?> LinkAsync(Account account, long githubId, CancellationToken cancellationToken)
    {
        if (!await store.Accounts.LinkGithubAsync(account, githubId, time.GetUtcNow(), cancellationToken))
            return null;
        if (account.HasUnprovedPassword)
            await outbox.AddAsync(AccountMails.SecurityNotice(account, PasswordIsVoid));
        return await store.Accounts.FindByGithubAsync(githubId, cancellationToken);
    }

    private static async Task<JsonDocument> GetAsync(OAuthCreatingTicketContext context, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(context.HttpContext.RequestAborted);
        return await JsonDocument.ParseAsync(body, cancellationToken: context.HttpContext.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in through GitHub did not succeed")]
    private static partial void LogFailed(ILogger log, Exception? fault);
}
