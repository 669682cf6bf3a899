using System.Text.Json.Nodes;
using TelemetryKit.Helm.Tests.Tools;

namespace TelemetryKit.Helm.Tests;

/// <summary>What all pods and their policies have in common, whatever the values are.</summary>
public class PodTests(RenderedChart chart)
{
    public static TheoryData<string> ValueSets() => new(RenderedChart.ValueSets);

    [Theory, MemberData(nameof(ValueSets))]
    public void Pods_have_no_rights_and_no_variables_of_services(string valueSet)
    {
        foreach (var (name, pod) in PodsOf(valueSet))
        {
            Assert.False((bool)pod["automountServiceAccountToken"]!, name);
            Assert.False((bool)pod["enableServiceLinks"]!, name);
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!, name);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            var container = Assert.Single(pod["containers"]!.AsArray())!;
            var security = container["securityContext"]!;
            Assert.False((bool)security["allowPrivilegeEscalation"]!, name);
            Assert.True((bool)security["readOnlyRootFilesystem"]!, name);
            Assert.Equal("""["ALL"]""", security["capabilities"]!["drop"]!.ToJsonString());
        }
    }

    [Theory, MemberData(nameof(ValueSets))]
    public void Memory_has_a_limit_that_equals_the_request_and_CPU_has_none(string valueSet)
    {
        foreach (var (name, pod) in PodsOf(valueSet))
        {
            var resources = pod["containers"]![0]!["resources"]!;
            Assert.Equal((string?)resources["requests"]!["memory"], (string?)resources["limits"]!["memory"]);
            Assert.True(resources["requests"]!["cpu"] is not null && resources["limits"]!["cpu"] is null, name);
        }
    }

    [Theory, MemberData(nameof(ValueSets))]
    public void Deployments_replace_pods_without_a_gap_and_check_health_with_three_probes(string valueSet)
    {
        foreach (var deployment in chart.Manifests(valueSet, "Deployment"))
        {
            var spec = deployment["spec"]!;
            Assert.Equal("""{"maxUnavailable":0,"maxSurge":1}""", spec["strategy"]!["rollingUpdate"]!.ToJsonString());
            Assert.True((int)spec["minReadySeconds"]! > 0);
            var container = spec["template"]!["spec"]!["containers"]![0]!;
            Assert.Equal("/health/ready", (string?)container["startupProbe"]!["httpGet"]!["path"]);
            Assert.Equal("/health/ready", (string?)container["readinessProbe"]!["httpGet"]!["path"]);
            Assert.Equal("/health/live", (string?)container["livenessProbe"]!["httpGet"]!["path"]);
            var drain = (int)container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]! + 10;
            Assert.True((int)spec["template"]!["spec"]!["terminationGracePeriodSeconds"]! >= drain);
            Assert.NotEmpty(spec["template"]!["spec"]!["topologySpreadConstraints"]!.AsArray());
        }
    }

    [Theory, MemberData(nameof(ValueSets))]
    public void Selectors_select_the_pods_of_one_component(string valueSet)
    {
        foreach (var kind in (string[])["Service", "PodDisruptionBudget", "NetworkPolicy"])
        {
            foreach (var manifest in chart.Manifests(valueSet, kind))
            {
                var spec = manifest["spec"]!;
                var selector = (spec["podSelector"]?["matchLabels"] ?? spec["selector"]!["matchLabels"] ?? spec["selector"])!.AsObject();
                var selected = chart.Manifests(valueSet)
                    .Where(m => (string?)m["kind"] is "Deployment" or "StatefulSet" or "Job")
                    .Where(m => selector.All(
                        label => (string?)m["spec"]!["template"]!["metadata"]!["labels"]![label.Key] == (string?)label.Value))
                    .Select(m => (string?)m["metadata"]!["name"]);
                Assert.Equal((string?)manifest["metadata"]!["name"], Assert.Single(selected));
            }
        }
    }

    [Theory, MemberData(nameof(ValueSets))]
    public void Names_of_secrets_of_the_chart_exist(string valueSet)
    {
        string[] existing = ["telemetrykit", "db", "telemetrykit-db-app", "trial", "trial-password"];
        foreach (var owner in chart.Manifests(valueSet).Where(m => m["spec"]?["template"] is not null))
        {
            var isHook = owner["metadata"]!["annotations"]?["helm.sh/hook"] is not null;
            // A hook finds only the hooks before it, and what existed before. The bundled database's secret exists after the installation.
            var created = chart.Manifests(valueSet, "Secret")
                .Where(s => !isHook || s["metadata"]!["annotations"]?["helm.sh/hook"] is not null || IsOfDatabase(s))
                .Select(s => (string)s["metadata"]!["name"]!);
            var container = owner["spec"]!["template"]!["spec"]!["containers"]![0]!;
            var used = (container["env"]?.AsArray() ?? []).Select(e => (string?)e!["valueFrom"]?["secretKeyRef"]?["name"])
                .Concat((container["envFrom"]?.AsArray() ?? []).Select(e => (string?)e!["secretRef"]?["name"]))
                .OfType<string>();
            Assert.Empty(used.Except([.. existing, .. created]));
        }

        static bool IsOfDatabase(JsonNode secret) =>
            secret["metadata"]!["name"]!.ToString().EndsWith("-postgresql", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("external", "pre-install,pre-upgrade")]
    [InlineData("inline-secrets", "pre-install,pre-upgrade")]
    [InlineData("trial", "post-install,pre-upgrade")]
    public void The_migration_runs_before_the_installation_unless_the_database_is_a_part_of_it(string valueSet, string events)
    {
        var job = Assert.Single(chart.Manifests(valueSet, "Job"));
        var annotations = job["metadata"]!["annotations"]!;
        Assert.Equal(events, (string?)annotations["helm.sh/hook"]);
        foreach (var secret in chart.Manifests(valueSet, "Secret").Where(s => s["metadata"]!["annotations"] is not null))
        {
            Assert.Equal(events, (string?)secret["metadata"]!["annotations"]!["helm.sh/hook"]);
            var (first, second) = ((string)secret["metadata"]!["annotations"]!["helm.sh/hook-weight"]!,
                (string)annotations["helm.sh/hook-weight"]!);
            Assert.True(int.Parse(first, null) < int.Parse(second, null));
        }
    }

    [Theory]
    [InlineData("external", "usage-telemetrykit-api", "off")]
    [InlineData("orleans-members", "usage-telemetrykit-api", "member")]
    [InlineData("orleans-silos", "usage-telemetrykit-api", "client")]
    [InlineData("orleans-silos", "usage-telemetrykit-silo", "member")]
    public void The_role_in_the_cluster_depends_on_the_mode_and_on_silos(string valueSet, string deployment, string role)
    {
        var container = chart.Manifest(valueSet, "Deployment", deployment)["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var variables = container["env"]!.AsArray().ToDictionary(e => (string)e!["name"]!, e => (string?)e!["value"]);
        Assert.Equal(role, variables["TELEMETRYKIT_CLUSTER"]);
        Assert.Equal(role == "member", variables.ContainsKey("POD_IP"));
        Assert.Equal(deployment.EndsWith("silo", StringComparison.Ordinal), variables.ContainsKey("TELEMETRYKIT_GATEWAY_PORT"));
    }

    [Fact]
    public void Ports_of_the_cluster_admit_only_its_processes()
    {
        Assert.Equal("api", SourceOf("orleans-members", "usage-telemetrykit-api", "silo"));
        Assert.Equal("silo", SourceOf("orleans-silos", "usage-telemetrykit-silo", "silo"));
        Assert.Equal("api", SourceOf("orleans-silos", "usage-telemetrykit-silo", "gateway"));
        Assert.Null(SourceOf("orleans-silos", "usage-telemetrykit-api", "silo"));
        Assert.Null(SourceOf("external", "usage-telemetrykit-api", "silo"));
        // Silos serve metrics and health only, which nothing needs without a source of metrics.
        Assert.Null(RuleOf("orleans-silos", "usage-telemetrykit-silo", "http"));
    }

    private string? SourceOf(string valueSet, string policy, string port)
    {
        if (RuleOf(valueSet, policy, port) is not { } rule)
            return null;
        var peer = Assert.Single(rule["from"]!.AsArray())!.AsObject();
        // Without a namespace selector, the pods are those of the release's namespace.
        Assert.Equal("podSelector", Assert.Single(peer).Key);
        Assert.Equal("usage", (string?)peer["podSelector"]!["matchLabels"]!["app.kubernetes.io/instance"]);
        return (string?)peer["podSelector"]!["matchLabels"]!["app.kubernetes.io/component"];
    }

    private JsonNode? RuleOf(string valueSet, string policy, string port) =>
        (chart.Manifest(valueSet, "NetworkPolicy", policy)["spec"]!["ingress"]?.AsArray() ?? [])
            .SingleOrDefault(rule => rule!["ports"]!.AsArray().Any(p => p!["port"]!.ToString() == port));

    private IEnumerable<(string Name, JsonNode Pod)> PodsOf(string valueSet) =>
        from manifest in chart.Manifests(valueSet)
        where manifest["spec"]?["template"] is not null
        select ((string)manifest["metadata"]!["name"]!, manifest["spec"]!["template"]!["spec"]!);
}
