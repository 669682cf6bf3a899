using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Export;

/// <summary>
/// The endpoint filter of statistics: writes the answer of a handler as NDJSON or CSV if the request asks for it and the plan has exports.
/// Statistics have at most a few thousand rows, so unlike an export of events they aren't streamed.
/// </summary>
internal sealed class AnswerFormatFilter(PlanAccess plans, ExportAudit audit, IOptions<JsonOptions> json) : IEndpointFilter
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
        if (!http.IsHead())
            await audit.AddAsync(http, format);
        return TypedResults.Text(AnswerRows.Write(JsonSerializer.SerializeToElement(answer, TypeOf(answer)), format), format.ContentType());
    }

    // The options of a folder's bodies have its converters. Those of the chain don't.
    private JsonTypeInfo TypeOf(object answer) =>
        json.Value.SerializerOptions.TypeInfoResolverChain.OfType<JsonSerializerContext>()
            .Select(context => context.GetTypeInfo(answer.GetType())).First(type => type is not null)!;
}
