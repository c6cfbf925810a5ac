using Connect.Silo.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Connect.Silo.Health;

/// <summary>The storage answers and its schema is current.</summary>
internal sealed class StorageHealth(CreditsDatabase database) : IHealthCheck
{
    private bool current;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.Ping(cancellationToken).ConfigureAwait(false);
            // Scripts are never taken back, so one good answer holds.
            current = current || database.SchemaIsCurrent();
            return current ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The schema is not the one of this version.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The storage does not answer.", error);
        }
    }
}
