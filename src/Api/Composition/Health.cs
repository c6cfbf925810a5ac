using Connect.Api.Sandbox;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connect.Api.Composition;

/// <summary>Ready, beside what the storage and the silo say: in the sandbox the demo account is there.</summary>
internal static class Health
{
    private const string Ready = "ready";

    public static void AddDemoHealth(this IServiceCollection services) => services.AddHealthChecks().AddCheck<DemoCheck>("demo", tags: [Ready]);

    private sealed class DemoCheck(DemoData demo) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(demo.IsThere ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The demo account is being made."));
    }
}
