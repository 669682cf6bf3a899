using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Accounts.Github;
using TelemetryKit.Api.Accounts.Me;
using TelemetryKit.Api.Accounts.SignIn;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Problems;
using TelemetryKit.Api.Settings;
using TelemetryKit.Grains.Accounts.Storage;
using TelemetryKit.Grains.Ingest.RateLimits;
using TelemetryKit.Grains.Storage;
using TelemetryKit.Storage;

namespace TelemetryKit.Api.Accounts;

/// <summary>Registers and maps signing up, signing in, and the account itself.</summary>
internal static class AccountsSetup
{
    /// <summary>Registers what the routes need.</summary>
    public static void AddAccounts(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(provider => StoreFactory.AccountsOf(provider.GetRequiredService<IStore>()));
        services.AddSingleton<SourceHasher>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<Callers>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<Throttles>();
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<Reauthentication>();
        services.AddSingleton<Admissions>();
        services.AddSingleton<IMailWriter, AccountMails>();
        services.AddSingleton<Upkeep>();
        services.AddHostedService(provider => provider.GetRequiredService<Upkeep>());
        services.AddProtection();
        services.AddGithub(settings.Accounts.Github);
    }

    /// <summary>Maps the routes.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder routes, ServerSettings settings)
    {
        MapSignIn(routes.MapPublic("Sign-in"), settings);
        MapSession(routes.MapManagement("Sign-in"));
        MapMe(routes.MapManagement("Account"));
        routes.MapGithub(settings.Accounts.Github);
    }

    private static void MapSignIn(RouteGroupBuilder auth, ServerSettings settings)
    {
        auth.MapGet("/v1/auth/options", async (HttpContext http, Admissions admissions) => TypedResults.Json(
                new OptionsBody(settings.Accounts.Hosted, await admissions.ModeAsync(http.RequestAborted), settings.Accounts.Github is not null), Json.ManagementJson.Wire.OptionsBody))
            .TakesNothing().Answers<OptionsBody>("How people get in.");
        auth.MapPost("/v1/auth/sign-up", SignUpHandlers.SignUpAsync).TakesJson<SignUpBody>().Fails(AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersAccepted("Begins a sign-up: a mail with a link follows, whatever the address.");
        auth.MapPost("/v1/auth/verify", SignUpHandlers.VerifyAsync).TakesJson<TokenBody>()
            .Fails(AccountProblems.InvalidLink, AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited).Answers<AccountBody>("Ends a sign-up with the link's token: makes the account.");
        auth.MapPost("/v1/auth/sign-in", SignInHandlers.SignInAsync).TakesJson<SignInBody>().Fails(AccountProblems.WrongCredentials, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .Answers<SignedInBody>("Begins a session, in a cookie.");
        auth.MapPost("/v1/auth/password/forgot", PasswordHandlers.ForgotAsync).TakesJson<EmailBody>().Fails(AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersAccepted("A mail with a link follows, where the address has an account.");
        auth.MapPost("/v1/auth/password/reset", PasswordHandlers.ResetAsync).TakesJson<ResetBody>().Fails(AccountProblems.InvalidLink, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersNothing("Sets a new password with the link's token, and ends every session.");
        auth.MapPost("/v1/auth/email/confirm", CredentialHandlers.ConfirmEmailAsync).TakesJson<TokenBody>().Fails(AccountProblems.InvalidLink, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersNothing("Ends a change of the address with the link's token.");
    }

    private static void MapSession(RouteGroupBuilder session)
    {
        var halfWay = Needs.Session with { HalfSignedIn = true };
        session.MapPost("/v1/auth/second-factor", SignInHandlers.SecondFactorAsync).Needs(halfWay).TakesJson<CodeBody>()
            .Fails(AccountProblems.WrongCode, AccountProblems.Conflict, ProblemKind.RateLimited).Answers<SignedInBody>("Takes the second factor after the password.");
        session.MapGet("/v1/auth/csrf", SignInHandlers.Csrf).Needs(halfWay).TakesNothing().Answers<CsrfBody>("The session's CSRF token.");
        session.MapPost("/v1/auth/sign-out", SignInHandlers.SignOutAsync).Needs(halfWay).TakesNothing().AnswersNothing("Ends this session.");
        session.MapPost("/v1/auth/sign-out-everywhere", SignInHandlers.SignOutEverywhereAsync).Needs(Needs.Session).TakesNothing().AnswersNothing("Ends every session of the account.");
    }

    private static void MapMe(RouteGroupBuilder me)
    {
        me.MapGet("/v1/me", MeHandlers.GetAsync).Needs(Needs.AnyCaller).TakesNothing().Answers<MeBody>("The account, and where it is a member.");
        me.MapPatch("/v1/me", MeHandlers.RenameAsync).Needs(Needs.Session).TakesJson<NameBody>().AnswersNothing("Changes the name.");
        me.MapPost("/v1/me/email", CredentialHandlers.ChangeEmailAsync).Needs(Needs.Session).TakesJson<ChangeEmailBody>().FailsAgain()
            .AnswersAccepted("Begins a change of the address: a mail with a link goes to the new one.");
        me.MapPost("/v1/me/password", CredentialHandlers.ChangePasswordAsync).Needs(Needs.Session).TakesJson<ChangePasswordBody>().FailsAgain()
            .Answers<CsrfBody>("Changes the password; every other session ends, and this one has new tokens.");
        me.MapPost("/v1/me/totp", TotpHandlers.BeginAsync).Needs(Needs.Session).TakesJson<PasswordBody>().FailsAgain().Fails(AccountProblems.Conflict)
            .Answers<TotpBody>("Begins a second factor: a secret for an authenticator.");
        me.MapPost("/v1/me/totp/confirm", TotpHandlers.ConfirmAsync).Needs(Needs.Session).TakesJson<CodeBody>().Fails(AccountProblems.WrongCode, ProblemKind.RateLimited)
            .Answers<RecoveryCodesBody>("Proves the secret with a first code; every other session ends.");
        me.MapPost("/v1/me/totp/disable", TotpHandlers.DisableAsync).Needs(Needs.Session).TakesJson<PasswordAndCodeBody>().FailsAgain().Fails(AccountProblems.WrongCode)
            .Answers<CsrfBody>("Takes the second factor away.");
        me.MapPost("/v1/me/recovery-codes", TotpHandlers.RecoveryCodesAsync).Needs(Needs.Session).TakesJson<PasswordAndCodeBody>().FailsAgain().Fails(AccountProblems.WrongCode)
            .Answers<RecoveryCodesBody>("Replaces the recovery codes.");
        me.MapGet("/v1/me/sessions", MeHandlers.SessionsAsync).Needs(Needs.Session).TakesNothing().Answers<SessionsBody>("Where the account is signed in.");
        me.MapDelete("/v1/me/sessions/{session:guid}", MeHandlers.EndSessionAsync).Needs(Needs.Session).TakesNothing().Fails(ProblemKind.NotFound).AnswersNothing("Ends a session.");
        me.MapPost("/v1/me/deletion", MeHandlers.DeleteAsync).Needs(Needs.Session).TakesJson<PasswordBody>().FailsAgain().Fails(AccountProblems.Conflict)
            .Answers<RemovedBody>("Deletes the account, and the tenants in which it is alone.");
    }

    private static void AddProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("TelemetryKit");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = new StoredKeyRing(provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<TimeProvider>())));

        // It would load the keys before the port is open, when the store may be away or have no table for them yet. They are loaded on first use.
        foreach (var early in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToArray())
            services.Remove(early);
    }
}
