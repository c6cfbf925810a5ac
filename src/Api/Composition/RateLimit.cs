using System.Globalization;
using System.Threading.RateLimiting;
using Connect.Api.Auth;
using Connect.Api.Problems;

namespace Connect.Api.Composition;

/// <summary>
/// Requests per account: <c>RateLimit:PerSecond</c> sustained (default 2,000), twice as many in a burst. One account's flood is refused before it costs the others anything.
/// What needs no sign-in (Stripe's events, the way back from the bank) is limited by address: <c>RateLimit:AnonymousPerSecond</c> (default 200), of its own allowance.
/// So are the callbacks of the SMS gateway, which come as fast as messages are sent: <c>RateLimit:GatewayPerSecond</c> (default 20,000).
/// </summary>
internal static class RateLimit
{
    private const int DefaultPerSecond = 2_000;
    private const int DefaultAnonymousPerSecond = 200;
    private const int DefaultGatewayPerSecond = 20_000;

    public static IServiceCollection AddAccountRateLimit(this IServiceCollection services, IConfiguration configuration)
    {
        var perSecond = configuration.GetValue("RateLimit:PerSecond", DefaultPerSecond);
        var anonymousPerSecond = configuration.GetValue("RateLimit:AnonymousPerSecond", DefaultAnonymousPerSecond);
        var gatewayPerSecond = configuration.GetValue("RateLimit:GatewayPerSecond", DefaultGatewayPerSecond);
        return services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
                http.Request.Path.StartsWithSegments("/v1") ? Limited(Owner(http), perSecond)
                : IsAnonymous(http.Request.Path) ? Limited($"anonymous {http.Connection.RemoteIpAddress}", anonymousPerSecond)
                : http.Request.Path.StartsWithSegments("/gateways") ? Limited($"gateway {http.Connection.RemoteIpAddress}", gatewayPerSecond)
                : RateLimitPartition.GetNoLimiter(""));
            options.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(1);
                await Refuse.TooManyRequests(Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))).ToHttp().ExecuteAsync(rejected.HttpContext);
            };
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        });
    }

    private static RateLimitPartition<string> Limited(string owner, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(owner, _ => new()
    {
        TokenLimit = 2 * perSecond, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
    });

    private static bool IsAnonymous(PathString path) => path.StartsWithSegments("/webhooks") || path.StartsWithSegments("/purchases");

    /// <summary>Whose allowance a request uses: the account's; an operator's own; the address of one who is not signed in.</summary>
    private static string Owner(HttpContext http) => Caller.From(http.User) switch
    {
        { Role: Role.Operator } caller => string.Create(CultureInfo.InvariantCulture, $"operator {caller.UserId}"),
        { } caller => $"account {caller.AccountId}",
        null => $"address {http.Connection.RemoteIpAddress}",
    };
}
