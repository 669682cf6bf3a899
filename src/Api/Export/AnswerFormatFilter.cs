using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using TelemetryKit.Api.Access;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Export;

/// <summary>
/// The endpoint filter of statistics: writes the answer of a handler as NDJSON or CSV if the request asks for it and the plan has exports.
/// Statistics have at most a few thousand rows, so unlike an export of events they aren't streamed.
/// </summary>
internal sealed class AnswerFormatFilter(PlanAccess plans, IOptions<JsonOptions> json) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var format = ExportFormats.Of(http.Request);
        if (format == ExportFormat.Json)
            return await next(context);
        if (await plans.FindRefusalAsync(http, Feature.Export) is { } refusal)
            return refusal;
        var result = await next(context);
        if (result is not IValueHttpResult { Value: { } answer })
            return result;
        var element = JsonSerializer.SerializeToElement(answer, json.Value.SerializerOptions.GetTypeInfo(answer.GetType()));
        return TypedResults.Text(AnswerRows.Write(element, format), format.ContentType());
    }
}
