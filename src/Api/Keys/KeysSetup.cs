using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Keys;

/// <summary>Registers and maps what is about keys and API tokens.</summary>
internal static class KeysSetup
{
    /// <summary>Registers the bodies, and the noting of last uses, between whoever looks keys up and the store.</summary>
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddBodies(KeysJson.Default);
        services.AddSingleton(provider => new KeyUses(provider.GetRequiredService<IKeyStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IKeyLookup>(provider => provider.GetRequiredService<KeyUses>());
    }

    /// <summary>Maps the routes.</summary>
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapManagement("Keys");
        keys.MapGet("/v1/projects/{project:guid}/keys", KeyHandlers.ListAsync).Needs(Needs.To(Permission.ManageKeys)).TakesNothing().Answers<KeysBody>("The keys of a project, by their first characters.");
        keys.MapPost("/v1/projects/{project:guid}/keys", KeyHandlers.CreateAsync).Needs(Needs.To(Permission.ManageKeys)).TakesJson<NewKeyBody>().Fails(AccountProblems.LimitReached)
            .AnswersCreated<CreatedKeyBody>("Makes a key. It is shown this once.");
        keys.MapPost("/v1/projects/{project:guid}/keys/{key:guid}/rotate", KeyHandlers.RotateAsync).Needs(Needs.To(Permission.ManageKeys)).TakesJson<RotateBody>()
            .AnswersCreated<CreatedKeyBody>("Makes a key of the same kind, and lets the old one work on for a while.");
        keys.MapDelete("/v1/projects/{project:guid}/keys/{key:guid}", KeyHandlers.RevokeAsync).Needs(Needs.To(Permission.ManageKeys)).TakesNothing()
            .AnswersNothing("Revokes a key. It stops within 5 seconds everywhere.");

        var tokens = routes.MapManagement("API tokens");
        tokens.MapGet("/v1/tokens", TokenHandlers.ListAsync).Needs(Needs.Session).TakesNothing().Answers<ApiTokensBody>("Your API tokens.");
        tokens.MapPost("/v1/tokens", TokenHandlers.CreateAsync).Needs(Needs.Session).TakesJson<NewTokenBody>()
            .Fails(ProblemKind.NotFound, AccountProblems.RoleRequired, AccountProblems.PlanRequired, AccountProblems.LimitReached)
            .AnswersCreated<CreatedTokenBody>("Makes an API token for a tenant. It is shown this once.");
        tokens.MapDelete("/v1/tokens/{token:guid}", TokenHandlers.RevokeAsync).Needs(Needs.Session).TakesNothing().Fails(ProblemKind.NotFound).AnswersNothing("Revokes an API token.");
    }
}
