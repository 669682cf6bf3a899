using TelemetryKit.Helm.Tests.Tools;

namespace TelemetryKit.Helm.Tests;

/// <summary>Values that can't work are refused before anything is installed, with the value's name and what to do.</summary>
public class WrongValueTests
{
    private const string Valid = "secrets.existingSecret=telemetrykit";
    private const string Inline = "secrets.serverSecret=an-example-of-a-secret-for-tests-only-0123456789-abcdef,database.existingSecret=db";

    [Theory]
    [InlineData("", "No database is set. Set database.existingSecret")]
    [InlineData("", "The server's secret is missing.")]
    [InlineData("database.existingSecret=db", "openssl rand -base64 32")]
    [InlineData(Valid + ",postgresql.enabled=true", "requires postgresql.auth.password")]
    [InlineData(Valid + ",postgresql.enabled=true,postgresql.auth.password=a,database.existingSecret=db", "Set one of them")]
    [InlineData(Valid + ",postgresql.enabled=true,postgresql.auth.password=a,postgresql.auth.existingSecret=b", "Set one of them")]
    [InlineData(Valid + ",database.url=Host=a,database.existingSecret=db", "database.url and database.existingSecret are both set")]
    [InlineData(Valid + ",secrets.metricsToken=an-example-token", "secrets.metricsToken and secrets.existingSecret are both set")]
    [InlineData(Inline + ",serviceMonitor.enabled=true", "requires secrets.metricsToken")]
    [InlineData(Inline + ",settings.orleansDashboard=true", "requires secrets.operatorToken")]
    [InlineData(Inline + ",settings.githubClientId=a,settings.publicUrl=https://a.example.org", "requires secrets.githubClientSecret")]
    [InlineData(Inline + ",secrets.githubClientSecret=a", "requires settings.githubClientId")]
    [InlineData(Inline + ",secrets.stripeSecretKey=a", "requires settings.hosted")]
    [InlineData(Valid + ",settings.hosted=true", "requires settings.publicUrl")]
    [InlineData(Valid + ",settings.githubClientId=a", "requires settings.publicUrl")]
    [InlineData(Valid + ",silo.enabled=true", "silo.enabled requires cluster.mode orleans, but it is replicas")]
    [InlineData(Valid + ",cluster.mode=orleans,silo.enabled=true,serviceMonitor.enabled=true", "requires networkPolicy.metricsFrom")]
    [InlineData(Valid + ",ingress.enabled=true", "requires ingress.hosts")]
    [InlineData(Valid + ",httpRoute.enabled=true", "requires httpRoute.parentRefs")]
    [InlineData(Valid + ",api.preStopSleepSeconds=25", "terminationGracePeriodSeconds is 30, but must be at least 35")]
    [InlineData(Valid + ",api.autoscaling.enabled=true,api.autoscaling.minReplicas=11", "is 11, above maxReplicas, which is 10")]
    [InlineData(Valid + ",api.autoscaling.enabled=true,api.autoscaling.targetCPUUtilizationPercentage=null", "or metrics")]
    [InlineData(Valid + ",api.autoscaling.enabled=true,api.resources.requests.cpu=null", "requires api.resources.requests.cpu")]
    [InlineData(Valid + ",api.podDisruptionBudget.minAvailable=1,api.podDisruptionBudget.maxUnavailable=1", "are both set")]
    [InlineData(Valid + ",api.podDisruptionBudget.minAvailable=2", "permits no disruption with 2 replicas")]
    [InlineData(Valid + ",api.podDisruptionBudget.maxUnavailable=0", "permits no disruption")]
    [InlineData(Valid + ",api.replicas=5,api.podDisruptionBudget.minAvailable=100%", "permits no disruption with 5 replicas")]
    [InlineData(Valid + ",extraEnv[0].name=TELEMETRYKIT_CLUSTER,extraEnv[0].value=off", "TELEMETRYKIT_CLUSTER, which the chart sets")]
    [InlineData(Valid + ",cluster.mode=raft", "'/cluster/mode': value must be one of 'replicas', 'orleans'")]
    [InlineData(Valid + ",api.replicas=0", "'/api/replicas': minimum")]
    [InlineData(Valid + ",api.replicaCount=3", "'replicaCount' not allowed")]
    [InlineData(Valid + ",replicas=3", "'replicas' not allowed")]
    [InlineData(Valid + ",settings.publicUrl=https://example.org/telemetry", "'/settings/publicUrl'")]
    [InlineData("secrets.serverSecret=short", "'/secrets/serverSecret'")]
    [InlineData(Valid + ",postgresql.enabled=true,postgresql.auth.password=a;b", "'/postgresql/auth/password'")]
    public async Task A_wrong_value_is_refused(string values, string message)
    {
        var tools = await ChartTools.GetAsync();
        var rendered = await tools.HelmAsync(
            ["template", "usage", ChartTools.Chart, .. values.Length > 0 ? (string[])["--set", values] : []]);
        Assert.NotEqual(0, rendered.ExitCode);
        Assert.Contains(message, rendered.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_reported_at_once()
    {
        var tools = await ChartTools.GetAsync();
        var rendered = await tools.HelmAsync("template", "usage", ChartTools.Chart, "--set", "silo.enabled=true,ingress.enabled=true");
        Assert.Equal(4, rendered.Error.Split('\n').Count(line => line.StartsWith("* ", StringComparison.Ordinal)));
    }
}
