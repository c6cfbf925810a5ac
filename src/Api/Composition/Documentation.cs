using Connect.Api.Idempotency;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Connect.Api.Composition;

/// <summary>The OpenAPI 3.1 document at /openapi/v1.json and a page to read it at /docs; nothing of the page comes from another host.</summary>
internal static class Documentation
{
    private const string Bearer = "bearer";

    public static void AddDocumentation(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Connect SMS credits", Version = "v1", Description = "Buy, keep, spend and expire SMS credits. Problems are RFC 9457; match on 'type'." };
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, BearerFormat = "JWT" };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            operation.Responses ??= [];
            operation.Responses["default"] = Problem();
            if (!metadata.OfType<IAllowAnonymous>().Any())
                operation.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            if (metadata.OfType<IdempotentEndpoint>().FirstOrDefault() is { } idempotent)
                (operation.Parameters ??= []).Add(Key(idempotent.Required));
            return Task.CompletedTask;
        });
    });

    public static void MapDocumentation(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", options =>
        {
            options.Title = "Connect SMS credits API";
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.HideClientButton = true;
            options.DisableAgent();
        }).AllowAnonymous();
    }

    private static OpenApiParameter Key(bool required) => new()
    {
        Name = IdempotencyFilter.Header,
        In = ParameterLocation.Header,
        Required = required,
        Description = "New for each new request, the same when repeating one: the repeated request gets the first answer. 1 to 200 printable ASCII characters.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 200 },
    };

    private static OpenApiResponse Problem() => new()
    {
        Description = "A problem (RFC 9457); match on 'type'.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "type", "title", "status", "detail" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable slug, such as insufficient-credits." },
                        ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                        ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["field"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The input at fault." },
                    },
                },
            },
        },
    };
}
