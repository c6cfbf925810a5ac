using Connect.Api.Composition;

namespace Connect.Api.Receipts;

/// <summary>Registers receipts.</summary>
internal static class ReceiptServices
{
    public static IServiceCollection AddReceipts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReceiptOptions>().Bind(configuration.GetSection(ReceiptOptions.Section))
            .Validate(receipts => TimeZoneInfo.TryFindSystemTimeZoneById(receipts.TimeZone, out _), "Receipts:TimeZone must be the name of a time zone, such as Australia/Sydney.")
            .ValidateOnStart();
        if (SandboxMode.IsOn(configuration))
        {
            services.PostConfigure<ReceiptOptions>(receipts =>
            {
                receipts.Seller ??= "Connect (demonstration)";
                receipts.Abn ??= "00 000 000 000";
            });
        }
        return services.AddSingleton<ReceiptService>();
    }
}
