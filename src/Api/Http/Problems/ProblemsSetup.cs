namespace TelemetryKit.Api.Http.Problems;

/// <summary>Registers the middleware that turns every failure into a problem.</summary>
internal static class ProblemsSetup
{
    /// <summary>Adds the middleware. It must precede all other middleware that can fail.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();
}
