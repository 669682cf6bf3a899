using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Keys;

/// <summary>Registers and maps the routes of keys and API tokens.</summary>
internal static class KeysSetup
{
    /// <summary>Registers the bodies, and <see cref="KeyUses"/> as the key lookup, which records when keys are used.</summary>
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddBodies(KeysJson.Default);
        services.AddSingleton(provider =>
            new KeyUses(provider.GetRequiredService<IKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IKeyLookup>(provider => provider.GetRequiredService<KeyUses>());
    }

    /// <summary>Maps the routes.</summary>
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapManagement("Keys");
        keys.MapGet("/v1/projects/{project:guid}/keys", KeyHandlers.ListAsync).WithName("listKeys")
            .Needs(Needs.To(Permission.ManageKeys)).AcceptsNoInput()
            .Returns<KeysBody>("Returns the keys of a project, with their first characters only.");
        keys.MapPost("/v1/projects/{project:guid}/keys", KeyHandlers.CreateAsync).WithName("createKey")
            .Needs(Needs.To(Permission.ManageKeys)).AcceptsJson<NewKeyBody>().Fails(AccountProblems.LimitReached)
            .ReturnsCreated<CreatedKeyBody>("Creates a key. Only this response contains it.");
        keys.MapPost("/v1/projects/{project:guid}/keys/{key:guid}/rotate", KeyHandlers.RotateAsync).WithName("rotateKey")
            .Needs(Needs.To(Permission.ManageKeys)).AcceptsJson<RotateBody>().Fails(AccountProblems.LimitReached)
            .ReturnsCreated<CreatedKeyBody>("Creates a key of the same kind. The old key stays valid for the overlap.");
        keys.MapDelete("/v1/projects/{project:guid}/keys/{key:guid}", KeyHandlers.RevokeAsync).WithName("revokeKey")
            .Needs(Needs.To(Permission.ManageKeys)).AcceptsNoInput()
            .ReturnsNothing("Revokes a key. All servers refuse it within 5 seconds.");

        var tokens = routes.MapManagement("API tokens");
        tokens.MapGet("/v1/tokens", TokenHandlers.ListAsync).WithName("listApiTokens")
            .Needs(Needs.Session).AcceptsNoInput().Returns<ApiTokensBody>("Returns the API tokens of the account.");
        tokens.MapPost("/v1/tokens", TokenHandlers.CreateAsync).WithName("createApiToken")
            .Needs(Needs.Session).AcceptsJson<NewTokenBody>()
            .Fails(ProblemKind.NotFound, AccountProblems.RoleRequired, AccountProblems.MemberSuspended)
            .Fails(AccountProblems.PlanRequired, AccountProblems.LimitReached)
            .ReturnsCreated<CreatedTokenBody>("Creates an API token for a tenant. Only this response contains it.");
        tokens.MapDelete("/v1/tokens/{token:guid}", TokenHandlers.RevokeAsync).WithName("revokeApiToken")
            .Needs(Needs.Session).AcceptsNoInput().Fails(ProblemKind.NotFound).ReturnsNothing("Revokes an API token.");
    }
}
