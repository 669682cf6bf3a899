using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Identity;
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
        services.AddBodies(GithubJson.Default);
        services.AddSingleton<SourceHasher>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = Passwords.Iterations);
        services.AddSingleton<Passwords>();
        services.AddSingleton<Throttles>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<SessionStarter>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<Reauthentication>();
        services.AddSingleton<OwnerCheck>();
        services.AddSingleton<Admissions>();
        services.AddSingleton<OwnerLink>();
        services.AddSingleton<IMailWriter, AccountMails>();
        services.AddGithub(settings.Accounts);
        // After the others, which add data protection with its defaults.
        services.AddProtection();
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
        auth.MapGet("/v1/auth/options", SignUpHandlers.OptionsAsync)
            .WithName("getSignInOptions").AcceptsNoInput().Returns<OptionsBody>("Returns the ways to sign up and sign in on this server.");
        auth.MapPost("/v1/auth/sign-up", SignUpHandlers.SignUpAsync).WithName("signUp")
            .AcceptsJson<SignUpBody>().Fails(AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .ReturnsAccepted(
                "Starts a sign-up. An e-mail with a link follows, and the response is the same for every address. "
                + "Links of earlier sign-ups are void.");
        auth.MapPost("/v1/auth/verify", SignUpHandlers.VerifyAsync).WithName("verifySignUp")
            .AcceptsJson<VerifyBody>()
            .Fails(AccountProblems.InvalidLink, AccountProblems.SignUpClosed, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .Returns<AccountBody>("Completes a sign-up with the token of the link: creates the account with the password of this request.");
        auth.MapPost("/v1/auth/sign-in", SignInHandlers.SignInAsync).WithName("signIn")
            .AcceptsJson<SignInBody>().Fails(AccountProblems.WrongCredentials, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .Returns<SignedInBody>("Starts a session and sets its cookie.");
        auth.MapPost("/v1/auth/password/forgot", PasswordHandlers.ForgotAsync).WithName("requestPasswordReset")
            .AcceptsJson<EmailBody>().Fails(AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .ReturnsAccepted("Sends an e-mail with a link if the address has an account.");
        auth.MapPost("/v1/auth/password/reset", PasswordHandlers.ResetAsync).WithName("resetPassword")
            .AcceptsJson<ResetBody>().Fails(AccountProblems.InvalidLink, AccountProblems.CsrfFailed, ProblemKind.RateLimited)
            .ReturnsNothing(
                "Sets a new password with the token of the link. All sessions and API tokens end, and the link to GitHub is removed.");
        auth.MapPost("/v1/auth/email/confirm", EmailHandlers.ConfirmAsync).WithName("confirmEmail")
            .AcceptsJson<OwnersLinkBody>().Fails(AccountProblems.InvalidLink).FailsOwnerCheck()
            .ReturnsNothing(
                "Completes a change of the address with the token of the link, in a session of the account or with its password.");
        auth.MapPost("/v1/auth/email/undo", EmailHandlers.UndoAsync).WithName("undoEmailChange")
            .AcceptsJson<OwnersLinkBody>().Fails(AccountProblems.InvalidLink).FailsOwnerCheck()
            .ReturnsNothing(
                "Restores the former address with the token that was sent to it, in a session of the account or with the password from "
                + "before the change. All sessions and tokens end, and a link that sets a new password is sent to the address.");
    }

    private static void MapSession(RouteGroupBuilder session)
    {
        var halfWay = Needs.Session with { HalfSignedIn = true };
        session.MapPost("/v1/auth/second-factor", SignInHandlers.SecondFactorAsync).WithName("verifySecondFactor")
            .Needs(halfWay).AcceptsJson<CodeBody>().Fails(AccountProblems.WrongCode, AccountProblems.Conflict, ProblemKind.RateLimited)
            .Returns<SignedInBody>("Completes a sign-in with the second factor.");
        session.MapGet("/v1/auth/csrf", SignInHandlers.Csrf).WithName("getCsrfToken")
            .Needs(halfWay).AcceptsNoInput().Returns<CsrfBody>("Returns the CSRF token of the session.");
        session.MapPost("/v1/auth/sign-out", SignInHandlers.SignOutAsync).WithName("signOut")
            .Needs(halfWay).AcceptsNoInput().ReturnsNothing("Ends this session.");
        session.MapPost("/v1/auth/sign-out-everywhere", SignInHandlers.SignOutEverywhereAsync).WithName("signOutEverywhere")
            .Needs(Needs.Session).AcceptsNoInput().ReturnsNothing("Ends all sessions of the account.");
    }

    private static void MapMe(RouteGroupBuilder me)
    {
        me.MapGet("/v1/me", MeHandlers.GetAsync).WithName("getAccount")
            .Needs(Needs.AnyCaller).AcceptsNoInput().Returns<MeBody>("Returns the account and its memberships.");
        me.MapPatch("/v1/me", MeHandlers.RenameAsync).WithName("renameAccount")
            .Needs(Needs.Session).AcceptsJson<NameBody>().ReturnsNothing("Changes the name of the account.");
        me.MapPost("/v1/me/email", EmailHandlers.ChangeAsync).WithName("changeEmail")
            .Needs(Needs.Session).AcceptsJson<ChangeEmailBody>().FailsReauthentication().Fails(AccountProblems.Conflict)
            .ReturnsAccepted("Starts a change of the address: an e-mail with a link is sent to the new address.");
        me.MapPost("/v1/me/password", CredentialHandlers.ChangePasswordAsync).WithName("changePassword")
            .Needs(Needs.Session).AcceptsJson<ChangePasswordBody>().FailsReauthentication()
            .Returns<CsrfBody>("Changes the password. All other sessions end, API tokens on request, and this session gets new tokens.");
        me.MapDelete("/v1/me/github", GithubLinkHandlers.UnlinkAsync).WithName("unlinkGithub")
            .Needs(Needs.Session).AcceptsJson<PasswordBody>().FailsReauthentication()
            .Fails(AccountProblems.Conflict, ProblemKind.NotFound)
            .Returns<CsrfBody>("Removes the link to GitHub. All other sessions end, and this session gets new tokens.");
        me.MapPost("/v1/me/totp", TotpHandlers.BeginAsync).WithName("beginTotp")
            .Needs(Needs.Session).AcceptsJson<PasswordBody>().FailsReauthentication().Fails(AccountProblems.Conflict)
            .Returns<TotpBody>("Returns a new secret for an authenticator app.");
        me.MapPost("/v1/me/totp/confirm", TotpHandlers.ConfirmAsync).WithName("confirmTotp")
            .Needs(Needs.Session).AcceptsJson<CodeBody>().Fails(AccountProblems.WrongCode, ProblemKind.RateLimited)
            .Returns<RecoveryCodesBody>("Enables the second factor with a first code. All other sessions end.");
        me.MapPost("/v1/me/totp/disable", TotpHandlers.DisableAsync).WithName("disableTotp")
            .Needs(Needs.Session).AcceptsJson<PasswordAndCodeBody>().FailsReauthentication().Fails(AccountProblems.WrongCode)
            .Returns<CsrfBody>("Disables the second factor.");
        me.MapPost("/v1/me/recovery-codes", TotpHandlers.RecoveryCodesAsync).WithName("replaceRecoveryCodes")
            .Needs(Needs.Session).AcceptsJson<PasswordAndCodeBody>().FailsReauthentication().Fails(AccountProblems.WrongCode)
            .Returns<RecoveryCodesBody>("Replaces the recovery codes.");
        me.MapGet("/v1/me/sessions", MeHandlers.SessionsAsync).WithName("listSessions")
            .Needs(Needs.Session).AcceptsNoInput().Returns<SessionsBody>("Returns the sessions of the account.");
        me.MapGet("/v1/me/sign-ins", MeHandlers.SignInsAsync).WithName("listSignIns")
            .Needs(Needs.Session).AcceptsNoInput().Returns<SignInsBody>("Returns the sign-ins to the account in the last 90 days.");
        me.MapDelete("/v1/me/sessions/{session:guid}", MeHandlers.EndSessionAsync).WithName("endSession")
            .Needs(Needs.Session).AcceptsNoInput().Fails(ProblemKind.NotFound).ReturnsNothing("Ends a session.");
        me.MapPost("/v1/me/deletion", MeHandlers.DeleteAsync).WithName("deleteAccount")
            .Needs(Needs.Session).AcceptsJson<PasswordBody>().FailsReauthentication().Fails(AccountProblems.Conflict)
            .Returns<RemovedBody>("Deletes the account, and the tenants without other members.");
    }

    private static void AddProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("TelemetryKit");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new StoredKeyRing(
                provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<TimeProvider>());
            // The store seals the keys.
            options.XmlEncryptor = new NullXmlEncryptor();
        }));

        // This hosted service would load the keys before the port is open, when the store may be unavailable or not migrated. Without it,
        // they are loaded on first use.
        foreach (var preload in services.Where(IsKeyPreload).ToArray())
            services.Remove(preload);
    }

    private static bool IsKeyPreload(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly;
}
