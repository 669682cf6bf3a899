using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Accounts.SignIn;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Github;

/// <summary>
/// The sign-in with GitHub, based on ASP.NET Core's OAuth handler. GitHub identifies the person. The session, its second factor and its
/// cookie are those of this server, as after a password.
/// </summary>
internal sealed partial class GithubSignIn(
    IAccountStore store, Admissions admissions, SessionStarter sessions, Callers callers, Outbox outbox, TimeProvider time,
    ILogger<GithubSignIn> log)
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "GitHub";

    private const string IdClaim = ClaimTypes.NameIdentifier;
    private const string LoginClaim = "login";
    private const string SessionItem = "session";
    private const string AlreadyLinked = "github_already_linked";
    private const string PasswordIsVoid = " Its old password no longer works. You can set a new one.";

    /// <summary>Reads the account of the token from GitHub. Only a primary address that GitHub has verified is accepted.</summary>
    public static async Task ReadAccountAsync(OAuthCreatingTicketContext context)
    {
        using var user = await GetAsync(context, context.Options.UserInformationEndpoint);
        using var emails = await GetAsync(context, context.Options.UserInformationEndpoint + "/emails");
        var email = emails.RootElement.EnumerateArray().FirstOrDefault(
            one => one.GetProperty("primary").GetBoolean() && one.GetProperty("verified").GetBoolean());
        if (email.ValueKind != JsonValueKind.Object)
            throw new AuthenticationFailureException("The GitHub account has no verified primary address.");
        var login = user.RootElement.GetProperty("login").GetString()!;
        var name = user.RootElement.TryGetProperty("name", out var full) && full.GetString() is { Length: > 0 } text ? text : login;
        var id = user.RootElement.GetProperty("id").GetInt64();
        context.Identity!.AddClaim(new Claim(IdClaim, id.ToString(CultureInfo.InvariantCulture)));
        context.Identity.AddClaim(new Claim(ClaimTypes.Email, email.GetProperty("email").GetString()!));
        context.Identity.AddClaim(new Claim(ClaimTypes.Name, DisplayName.TryParse(name) ?? login));
        context.Identity.AddClaim(new Claim(LoginClaim, login));
    }

    /// <summary>Returns the properties of a challenge that links the account of a session and starts no session.</summary>
    public static AuthenticationProperties Linking(Session session) =>
        new(new Dictionary<string, string?> { [SessionItem] = session.Id.ToString() }) { RedirectUri = "/" };

    /// <summary>
    /// Redirects the browser to GitHub for a sign-in. To link an account, the response contains the address, because a page can't read
    /// that of a redirect.
    /// </summary>
    public static Task RedirectAsync(RedirectContext<OAuthOptions> context)
    {
        if (context.Properties.Items.ContainsKey(SessionItem))
            return context.Response.WriteAsJsonAsync(new GithubLinkBody(context.RedirectUri), GithubJson.Wire.GithubLinkBody);
        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Signs the person in and redirects the browser to the dashboard. The account is created or linked if necessary. For
    /// <see cref="Linking"/>, only the link is made.
    /// </summary>
    public async Task FinishAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        context.HandleResponse();
        if (context.Properties!.Items.TryGetValue(SessionItem, out var sessionId))
        {
            var fault = await LinkInSessionAsync(http, context.Principal!, sessionId);
            http.Response.Redirect(fault is null ? "/" : $"/#error={fault}");
            return;
        }

        var (account, isNew, error) = await FindOrCreateAsync(context.Principal!, http.RequestAborted);
        if (account is null)
        {
            http.Response.Redirect($"/sign-in#error={error}");
            return;
        }

        var awaits = await SignInHandlers.HasSecondFactorAsync(store, account.Id, http.RequestAborted);
        var begun = await sessions.BeginAsync(http, account, awaits, SignInMethod.Github, isNew) is not null;
        http.Response.Redirect(!begun ? "/sign-in#error=github" : awaits ? "/sign-in#second-factor" : "/");
    }

    /// <summary>Redirects the browser to the dashboard after a failed sign-in.</summary>
    public Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        LogFailed(log, context.Failure);
        context.Response.Redirect("/sign-in#error=github");
        return Task.CompletedTask;
    }

    private async Task<(Account? Account, bool IsNew, string? Error)> FindOrCreateAsync(
        ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        const string Closed = "sign_up_closed";
        var githubId = GithubIdOf(person);
        if (await store.Accounts.FindByGithubAsync(githubId, cancellationToken) is { } linked)
            return (linked, false, null);
        if (EmailAddress.TryParse(person.FindFirstValue(ClaimTypes.Email)) is not { } email)
            return (null, false, Closed);

        // GitHub has verified the address, like a link in a mail. Its owner could also reset the password, so the account may be linked.
        var login = person.FindFirstValue(LoginClaim)!;
        if (await store.Accounts.FindByEmailAsync(email, cancellationToken) is { } known)
        {
            // The owner removes the old link first, and restores a removed one in a session.
            if (known.GithubId is not null)
                return (null, false, AlreadyLinked);
            if (await store.Accounts.HasRemovedGithubAsync(known.Id, githubId, cancellationToken))
                return (null, false, "github_link_removed");
            return (await LinkAsync(known, githubId, login, cancellationToken), false, "github");
        }

        var (now, name) = (time.GetUtcNow(), person.FindFirstValue(ClaimTypes.Name)!);
        if (await admissions.FindAsync(email, name, invitation: null, cancellationToken) is not { } admission)
            return (null, false, Closed);
        var account = new Account
        {
            Id = Guid.CreateVersion7(now), Email = email.Text, Name = name, GithubId = githubId, GithubLogin = login, GithubLinkedAt = now,
            CreatedAt = now,
        };
        var outcome = await store.Accounts.CreateAsync(account, admission, cancellationToken);
        return outcome == SignUpOutcome.Created ? (account, true, null) : (null, false, Closed);
    }

    // Returns the error, or null if the account is linked. Only an account of GitHub with the same address is accepted, as in a sign-in.
    private async Task<string?> LinkInSessionAsync(HttpContext http, ClaimsPrincipal person, string? sessionId)
    {
        var (caller, _) = await callers.FindAsync(http, Needs.Session);
        if (caller?.Session?.Id.ToString() != sessionId)
            return "github";
        if (EmailAddress.TryParse(person.FindFirstValue(ClaimTypes.Email))?.Key != EmailAddress.OfStored(caller!.Account.Email).Key)
            return "github_other_address";
        var linked = await LinkAsync(caller.Account, GithubIdOf(person), person.FindFirstValue(LoginClaim)!, http.RequestAborted);
        return linked is null ? AlreadyLinked : null;
    }

    private async Task<Account?> LinkAsync(Account account, long githubId, string login, CancellationToken cancellationToken)
    {
        var what = $"Your account is now linked to the GitHub account {login}, which can sign in to it."
            + (account.HasUnprovedPassword ? PasswordIsVoid : "");
        var notice = outbox.Prepare(AccountMails.SecurityNotice(account, what));
        if (!await store.Accounts.LinkGithubAsync(account, githubId, login, notice, time.GetUtcNow(), cancellationToken))
            return null;
        outbox.Wake();
        return await store.Accounts.FindByGithubAsync(githubId, cancellationToken);
    }

    private static long GithubIdOf(ClaimsPrincipal person) =>
        long.Parse(person.FindFirstValue(IdClaim)!, CultureInfo.InvariantCulture);

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

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in with GitHub failed")]
    private static partial void LogFailed(ILogger log, Exception? fault);
}
