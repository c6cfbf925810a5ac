using Connect.Sandbox.Stripe;

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null)
    builder.WebHost.UseUrls("http://127.0.0.1:5090");
var folder = builder.Configuration["Sandbox:DataDirectory"] ?? Path.Combine(AppContext.BaseDirectory, "data");
builder.Services.AddStripeSandbox(options =>
{
    options.DatabasePath = Path.Combine(folder, "stripe-sandbox.db");
    if (builder.Configuration["Sandbox:WebhookUrl"] is { Length: > 0 } url)
        options.Webhooks = [new(new Uri(url), builder.Configuration["Sandbox:WebhookSecret"] ?? throw new InvalidOperationException("Sandbox:WebhookUrl needs Sandbox:WebhookSecret."))];
});

var app = builder.Build();
app.MapStripeSandbox("");
app.MapStripeSandbox("/sandbox/stripe");
app.Run();
