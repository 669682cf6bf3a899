using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Github;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Accounts.Me;
using TelemetryKit.Api.Accounts.SignIn;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts;

/// <summary>Registers and maps the routes of sign-up, sign-in and the account.</summary>
internal static class AccountsSetup
{
    /// <summary>Registers the services and bodies of the routes.</summary>
    public static void AddAccounts(this IServiceCollection services, ServerSettings settings)
    {
        services.AddBodies(CredentialsJson.Default);
        services.AddBodies(SignUpJson.Default);
        services.AddBodies(SignInJson.Default);
        services.AddBodies(MeJson.Default);
        services.AddSingleton<SourceHasher>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<Throttles>();
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<Reauthentication>();
        services.AddSingleton<OwnerCheck>();
        services.AddSingleton<Admissions>();
        services.AddSingleton<IMailWriter, AccountMails>();
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
                new OptionsBody(
                    settings.Accounts.Hosted, await admissions.ModeAsync(http.RequestAborted), settings.Accounts.Github is not null),
                SignUpJson.Wire.OptionsBody))
            .WithName("getSignInOptions").TakesNothing().Answers<OptionsBody>("Returns the ways to sign up and sign in on this server.");
        auth.MapPost("/v1/auth/sign-up", SignUpHandlers.SignUpAsync).WithName("signUp")
            .TakesJson<SignUpBody>().Fails(AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersAccepted(
                "Starts a sign-up. An e-mail with a link follows, and the response is the same for every address. "
                + "Links of earlier sign-ups are void.");
        auth.MapPost("/v1/auth/verify", SignUpHandlers.VerifyAsync).WithName("verifySignUp")
            .TakesJson<VerifyBody>()
            .Fails(AccountProblems.InvalidLink, AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .Answers<AccountBody>("Completes a sign-up with the token of the link: creates the account with the password of this request.");
        auth.MapPost("/v1/auth/sign-in", SignInHandlers.SignInAsync).WithName("signIn")
            .TakesJson<SignInBody>().Fails(AccountProblems.WrongCredentials, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .Answers<SignedInBody>("Starts a session and sets its cookie.");
        auth.MapPost("/v1/auth/password/forgot", PasswordHandlers.ForgotAsync).WithName("requestPasswordReset")
            .TakesJson<EmailBody>().Fails(AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersAccepted("Sends an e-mail with a link if the address has an account.");
        auth.MapPost("/v1/auth/password/reset", PasswordHandlers.ResetAsync).WithName("resetPassword")
            .TakesJson<ResetBody>().Fails(AccountProblems.InvalidLink, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .AnswersNothing("Sets a new password with the token of the link, and ends all sessions.");
        auth.MapPost("/v1/auth/email/confirm", EmailHandlers.ConfirmAsync).WithName("confirmEmail")
            .TakesJson<OwnersLinkBody>().Fails(AccountProblems.InvalidLink).FailsForOthers()
            .AnswersNothing(
                "Completes a change of the address with the token of the link, in a session of the account or with its password.");
        auth.MapPost("/v1/auth/email/undo", EmailHandlers.UndoAsync).WithName("undoEmailChange")
            .TakesJson<OwnersLinkBody>().Fails(AccountProblems.InvalidLink).FailsForOthers()
            .AnswersNothing(
                "Restores the former address with the token that was sent to it, in a session of the account or with the password from "
                + "before the change. All sessions and tokens end, and a link that sets a new password is sent to the address.");
    }

    private static void MapSession(RouteGroupBuilder session)
    {
        var halfWay = Needs.Session with { HalfSignedIn = true };
        session.MapPost("/v1/auth/second-factor", SignInHandlers.SecondFactorAsync).WithName("verifySecondFactor")
            .Needs(halfWay).TakesJson<CodeBody>().Fails(AccountProblems.WrongCode, AccountProblems.Conflict, ProblemKind.RateLimited)
            .Answers<SignedInBody>("Completes a sign-in with the second factor.");
        session.MapGet("/v1/auth/csrf", SignInHandlers.Csrf).WithName("getCsrfToken")
            .Needs(halfWay).TakesNothing().Answers<CsrfBody>("Returns the CSRF token of the session.");
        session.MapPost("/v1/auth/sign-out", SignInHandlers.SignOutAsync).WithName("signOut")
            .Needs(halfWay).TakesNothing().AnswersNothing("Ends this session.");
        session.MapPost("/v1/auth/sign-out-everywhere", SignInHandlers.SignOutEverywhereAsync).WithName("signOutEverywhere")
            .Needs(Needs.Session).TakesNothing().AnswersNothing("Ends all sessions of the account.");
    }

    private static void MapMe(RouteGroupBuilder me)
    {
        me.MapGet("/v1/me", MeHandlers.GetAsync).WithName("getAccount")
            .Needs(Needs.AnyCaller).TakesNothing().Answers<MeBody>("Returns the account and its memberships.");
        me.MapPatch("/v1/me", MeHandlers.RenameAsync).WithName("renameAccount")
            .Needs(Needs.Session).TakesJson<NameBody>().AnswersNothing("Changes the name of the account.");
        me.MapPost("/v1/me/email", EmailHandlers.ChangeAsync).WithName("changeEmail")
            .Needs(Needs.Session).TakesJson<ChangeEmailBody>().FailsAgain().Fails(AccountProblems.Conflict)
            .AnswersAccepted("Starts a change of the address: an e-mail with a link is sent to the new address.");
        me.MapPost("/v1/me/password", CredentialHandlers.ChangePasswordAsync).WithName("changePassword")
            .Needs(Needs.Session).TakesJson<ChangePasswordBody>().FailsAgain()
            .Answers<CsrfBody>("Changes the password. All other sessions end, and this session gets new tokens.");
        me.MapPost("/v1/me/totp", TotpHandlers.BeginAsync).WithName("beginTotp")
            .Needs(Needs.Session).TakesJson<PasswordBody>().FailsAgain().Fails(AccountProblems.Conflict)
            .Answers<TotpBody>("Returns a new secret for an authenticator app.");
        me.MapPost("/v1/me/totp/confirm", TotpHandlers.ConfirmAsync).WithName("confirmTotp")
            .Needs(Needs.Session).TakesJson<CodeBody>().Fails(AccountProblems.WrongCode, ProblemKind.RateLimited)
            .Answers<RecoveryCodesBody>("Enables the second factor with a first code. All other sessions end.");
        me.MapPost("/v1/me/totp/disable", TotpHandlers.DisableAsync).WithName("disableTotp")
            .Needs(Needs.Session).TakesJson<PasswordAndCodeBody>().FailsAgain().Fails(AccountProblems.WrongCode)
            .Answers<CsrfBody>("Disables the second factor.");
        me.MapPost("/v1/me/recovery-codes", TotpHandlers.RecoveryCodesAsync).WithName("replaceRecoveryCodes")
            .Needs(Needs.Session).TakesJson<PasswordAndCodeBody>().FailsAgain().Fails(AccountProblems.WrongCode)
            .Answers<RecoveryCodesBody>("Replaces the recovery codes.");
        me.MapGet("/v1/me/sessions", MeHandlers.SessionsAsync).WithName("listSessions")
            .Needs(Needs.Session).TakesNothing().Answers<SessionsBody>("Returns the sessions of the account.");
        me.MapDelete("/v1/me/sessions/{session:guid}", MeHandlers.EndSessionAsync).WithName("endSession")
            .Needs(Needs.Session).TakesNothing().Fails(ProblemKind.NotFound).AnswersNothing("Ends a session.");
        me.MapPost("/v1/me/deletion", MeHandlers.DeleteAsync).WithName("deleteAccount")
            .Needs(Needs.Session).TakesJson<PasswordBody>().FailsAgain().Fails(AccountProblems.Conflict)
            .Answers<RemovedBody>("Deletes the account, and the tenants without other members.");
    }

    private static void AddProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("TelemetryKit");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = new StoredKeyRing(
                provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<TimeProvider>())));

        // This hosted service would load the keys before the port is open, when the store may be unavailable or not migrated. Without it,
        // they are loaded on first use.
        foreach (var preload in services.Where(IsKeyPreload).ToArray())
            services.Remove(preload);
    }

    private static bool IsKeyPreload(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly;
}
