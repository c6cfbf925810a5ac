using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>Kannel can be reached and took the last messages. It only ever degrades: without a gateway the program still sells, shows and keeps credits, and what is being sent waits.</summary>
internal sealed class KannelHealth(IOptions<KannelOptions> options, KannelState state) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var url = new Uri(options.Value.Url);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(url.DnsSafeHost, url.Port, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"Kannel can not be reached at {url.Host}:{url.Port}.");
        }

        return state.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy();
    }
}
