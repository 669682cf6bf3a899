using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Accounts.Github;

/// <summary>Registers and maps the sign-in with GitHub.</summary>
internal static class GithubSetup
{
    private const string Callback = "/v1/auth/github/callback";

    // Never used to sign in, because the ticket becomes a session of this server. With GitHub as the only scheme, the framework would make
    // it the default scheme and its own sign-in scheme, and authentication would recurse endlessly.
    private const string UnusedScheme = "unused";

    /// <summary>Registers the sign-in if it is configured.</summary>
    public static void AddGithub(this IServiceCollection services, AccountSettings accounts)
    {
        if (accounts is not { Github: { } settings, PublicUrl: { } publicUrl })
            return;
        services.AddSingleton<GithubSignIn>();
        services.AddAuthentication().AddCookie(UnusedScheme).AddOAuth<GithubOptions, GithubHandler>(GithubSignIn.Scheme, options =>
        {
            options.SignInScheme = UnusedScheme;
            options.ClientId = settings.ClientId;
            options.ClientSecret = settings.ClientSecret;
            options.AuthorizationEndpoint = new Uri(settings.Web, "login/oauth/authorize").AbsoluteUri;
            options.TokenEndpoint = new Uri(settings.Web, "login/oauth/access_token").AbsoluteUri;
            options.UserInformationEndpoint = new Uri(settings.Api, "user").AbsoluteUri;
            options.CallbackPath = Callback;
            options.RedirectUri = publicUrl.AbsoluteUri.TrimEnd('/') + Callback;
            options.Scope.Add("user:email");
            options.UsePkce = true;
            options.CorrelationCookie.SameSite = SameSiteMode.Lax;
            // Behind a proxy, scheme and path of the request aren't those that the browser sees.
            options.CorrelationCookie.Path = "/";
            options.CorrelationCookie.SecurePolicy =
                publicUrl.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            options.Backchannel = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
            options.Backchannel.DefaultRequestHeaders.UserAgent.ParseAdd("TelemetryKit");
            options.Events = new OAuthEvents
            {
                OnCreatingTicket = GithubSignIn.ReadAccountAsync,
                OnTicketReceived = context => Finisher(context.HttpContext).FinishAsync(context),
                OnRedirectToAuthorizationEndpoint = GithubSignIn.RedirectAsync,
                OnRemoteFailure = context => Finisher(context.HttpContext).FailAsync(context),
            };
        });
    }

    /// <summary>Adds the middleware that handles the callback, if the sign-in is configured.</summary>
    public static void UseGithub(this IApplicationBuilder app, GithubSettings? settings)
    {
        if (settings is not null)
            app.UseAuthentication();
    }

    /// <summary>Maps the routes that lead to GitHub.</summary>
    public static void MapGithub(this IEndpointRouteBuilder routes, GithubSettings? settings)
    {
        routes.MapPublic("Sign-in").MapGet("/v1/auth/github", () => settings is null
                ? (IResult)NotConfigured()
                : TypedResults.Challenge(new AuthenticationProperties { RedirectUri = "/" }, [GithubSignIn.Scheme]))
            .WithName("signInWithGithub").AcceptsNoInput().Fails(ProblemKind.NotFound)
            .WithSummary("Redirects a browser to GitHub, which redirects it back to the dashboard, signed in.")
            .Produces(StatusCodes.Status302Found);
        routes.MapManagement("Account").MapPost("/v1/me/github", (HttpContext http, Reauthentication reauthentication) =>
                LinkAsync(http, reauthentication, settings))
            .WithName("linkGithub")
            .Needs(Needs.Session).AcceptsJson<PasswordBody>().FailsReauthentication().Fails(AccountProblems.Conflict, ProblemKind.NotFound)
            .Returns<GithubLinkBody>(
                "Starts to link the account to GitHub, also after the link was removed. The response has the page of GitHub to open in the "
                + "browser of this session.");
    }

    private static async Task<IResult> LinkAsync(HttpContext http, Reauthentication reauthentication, GithubSettings? settings)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        if (problem is not null)
            return problem;
        if (settings is null)
            return NotConfigured();
        if (http.Caller().Account.GithubId is not null)
            return AccountProblems.Conflict.With("The account is linked to GitHub. Remove that link first.");
        return await reauthentication.CheckAsync(http, http.Caller(), body!.Password) is { } refusal
            ? refusal
            : TypedResults.Challenge(GithubSignIn.Linking(http.Caller().Session!), [GithubSignIn.Scheme]);
    }

    private static Problem NotConfigured() => ProblemKind.NotFound.With("This server has no sign-in with GitHub.");

    private static GithubSignIn Finisher(HttpContext http) => http.RequestServices.GetRequiredService<GithubSignIn>();
}
