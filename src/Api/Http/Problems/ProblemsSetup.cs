namespace TelemetryKit.Api.Http.Problems;

/// <summary>Registers what makes every failure a problem.</summary>
internal static class ProblemsSetup
{
    /// <summary>Puts the middleware in front of everything.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();
}
