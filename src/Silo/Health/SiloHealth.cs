using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connect.Silo.Health;

/// <summary>This silo is an active member of its cluster.</summary>
internal sealed class SiloHealth(IClusterMembershipService membership, ILocalSiloDetails silo) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress);
        return Task.FromResult(status == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The silo is {status}."));
    }
}
