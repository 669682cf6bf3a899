using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Projects;

/// <summary>Registers and maps the routes of projects.</summary>
internal static class ProjectsSetup
{
    /// <summary>Registers the bodies.</summary>
    public static void AddProjects(this IServiceCollection services) => services.AddBodies(ProjectsJson.Default);

    /// <summary>Maps the routes.</summary>
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var projects = routes.MapManagement("Projects");
        projects.MapGet("/v1/tenants/{tenant:guid}/projects", ProjectHandlers.ListAsync).WithName("listProjects")
            .Needs(Needs.To(Permission.Read)).AcceptsNoInput().Returns<ProjectsBody>("Returns the projects of a tenant.");
        projects.MapPost("/v1/tenants/{tenant:guid}/projects", ProjectHandlers.CreateAsync).WithName("createProject")
            .Needs(Needs.To(Permission.ManageProjects)).AcceptsJson<NameBody>()
            .Fails(AccountProblems.PlanRequired, AccountProblems.NameTaken).ReturnsCreated<ProjectBody>("Creates a project, without keys.");
        projects.MapGet("/v1/projects/{project:guid}", ProjectHandlers.GetAsync).WithName("getProject")
            .Needs(Needs.To(Permission.Read)).AcceptsNoInput().Returns<ProjectBody>("Returns a project with its settings.");
        projects.MapPatch("/v1/projects/{project:guid}", ProjectHandlers.RenameAsync).WithName("renameProject")
            .Needs(Needs.To(Permission.ManageProjects)).AcceptsJson<NameBody>().Fails(AccountProblems.NameTaken)
            .Returns<ProjectBody>("Renames a project.");
        projects.MapPut("/v1/projects/{project:guid}/settings", ProjectHandlers.SetAsync).WithName("setProjectSettings")
            .Needs(Needs.To(Permission.ManageProjects)).AcceptsJson<SettingsBody>().Fails(AccountProblems.PlanRequired)
            .Returns<ProjectBody>("Replaces the settings of a project.");
        projects.MapDelete("/v1/projects/{project:guid}", ProjectHandlers.DeleteAsync).WithName("deleteProject")
            .Needs(Needs.To(Permission.DeleteProjects)).AcceptsNoInput()
            .Returns<RemovedBody>("Deletes a project and all its data, and returns how much was deleted.");
        projects.MapPost("/v1/projects/{project:guid}/environments/test/reset", ProjectHandlers.ResetTestAsync)
            .WithName("resetTestEnvironment").Needs(Needs.To(Permission.ResetTest)).AcceptsNoInput()
            .Returns<RemovedBody>("Deletes the data of the test environment, and returns how much was deleted.");
    }
}
