using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Connect.Silo.Health;

/// <summary>Where a load balancer or a supervisor asks how this process is.</summary>
public static class CreditsHealth
{
    /// <summary>Tag of the checks that must hold before work is sent here.</summary>
    internal const string Ready = "ready";

    /// <summary>
    /// Maps <c>/health/live</c> (the process answers) and <c>/health/ready</c> (the storage answers, its schema is current, and the silo is active):
    /// 200, or 503 with the name of the check that fails.
    /// </summary>
    public static void MapCreditsHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Ready),
            ResponseWriter = (context, report) => context.Response.WriteAsync(
                string.Join('\n', report.Entries.Select(entry => $"{entry.Key}: {entry.Value.Status} {entry.Value.Description}".TrimEnd())), context.RequestAborted),
        });
    }
}
