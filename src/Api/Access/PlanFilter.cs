using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Access;

/// <summary>The endpoint filter of routes that need a feature of the plan. It follows <see cref="ReadAccessFilter"/>.</summary>
internal sealed class PlanFilter(PlanAccess plans, Feature feature) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await plans.FindRefusalAsync(context.HttpContext, feature) is { } refusal ? refusal : await next(context);
}
