using Connect.Operations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Operations;

/// <summary>Registers what the operation of the program needs.</summary>
public static class OperationServices
{
    /// <summary>Makes every silo see to it, at its start, that reconciliations run. <c>Reconciliation:Enabled</c> false leaves them to be started by hand.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetValue("Reconciliation:Enabled", true)) services.AddHostedService<ReconciliationStart>();
        return services;
    }

    /// <summary>Tries until the reminder exists, beside everything else: nothing waits for it.</summary>
    private sealed class ReconciliationStart(IGrainFactory grains, IHostApplicationLifetime lifetime, ILogger<ReconciliationStart> logger) : BackgroundService
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

        /// <inheritdoc/>
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await grains.GetGrain<IReconciliationGrain>(0).Ensure();
                    return;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogWarning(exception, "Reconciliations could not be set up yet.");
                    await Task.Delay(s_pause, TimeProvider.System, stoppingToken);
                }
            }
        }
    }
}
